import type { Nat } from '../../topology/topology.ts';
import { PROBE_PORT } from './addresses.ts';

/** RFC 4787's REQ-5 wants mappings to live for five minutes. */
const LIFETIME = '300s';

/**
 * The lab's own packets are no flows: a new zone would forget them, so that the first ones of a train are unasked for, and
 * a symmetric mapping would send the router's own from ports that nobody answers.
 */
const PROBES = (port: 'sport' | 'dport') => `udp ${port} ${PROBE_PORT} notrack accept`;

/** Outwards and inwards interface of every router. */
export const OUTSIDE = 'wan0';
export const INSIDE = 'lan0';

/**
 * One NAT as nftables' text, IPv4. Takes the place of the one before; flows that this knew are forgotten, as each
 * `zone` has its own connections: there may be no `conntrack` tool.
 *
 * Linux itself keeps a mapping for all destinations as long as nothing clashes, and lets in only who was spoken to. What
 * deviates from that is learned by the rules: who is behind a port (`inside`), whom it spoke to (`heard`), and
 * which port it has for an address (`mapped`). They learn after the translation, so that a port that could not be kept
 * is right too.
 *
 * @see https://www.rfc-editor.org/rfc/rfc4787#section-4.1
 */
export function natRules(nat: Nat | undefined, zone: number): string {
  return [
    'table ip nat',
    'delete table ip nat',
    'table ip nat {',
    ...(nat ? state(nat) : []),
    chain('zone_in', 'filter hook prerouting priority raw', [PROBES('dport'), `ct zone set ${zone}`]),
    chain('zone_out', 'filter hook output priority raw', [PROBES('sport'), `ct zone set ${zone}`]),
    ...(nat
      ? [
          chain('learn', 'filter hook postrouting priority srcnat + 10', learning(nat)),
          chain('in', 'nat hook prerouting priority dstnat', filtering(nat)),
          chain('out', 'nat hook postrouting priority srcnat', mapping(nat)),
        ]
      : []),
    '}',
    '',
  ].join('\n');
}

const chain = (name: string, hook: string, rules: readonly string[]): string =>
  [
    `  chain ${name} {`,
    `    type ${hook}; policy accept;`,
    ...rules.map((rule) => `    ${rule}`),
    '  }',
  ].join('\n');

const table = (name: string, kind: 'map' | 'set', type: string): string =>
  `  ${kind} ${name} { type ${type}; flags dynamic,timeout; timeout ${LIFETIME}; size 65535; }`;

const letsIn = ({ filtering: by }: Nat): boolean => by !== 'address-and-port-dependent';

function state(nat: Nat): string[] {
  return [
    ...(letsIn(nat) ? [table('inside', 'map', 'inet_service : ipv4_addr . inet_service')] : []),
    ...(nat.filtering === 'address-dependent' ? [table('heard', 'set', 'inet_service . ipv4_addr')] : []),
    ...(nat.mapping === 'address-dependent'
      ? [table('mapped', 'map', 'ipv4_addr . inet_service . ipv4_addr : inet_service')]
      : []),
  ];
}

function learning(nat: Nat): string[] {
  const sent = `oifname "${OUTSIDE}" meta l4proto udp ct direction original`;
  const host = 'ct original ip saddr . ct original proto-src';
  return [
    ...(letsIn(nat) ? [`${sent} update @inside { udp sport : ${host} }`] : []),
    ...(nat.filtering === 'address-dependent' ? [`${sent} update @heard { udp sport . ip daddr }`] : []),
    ...(nat.mapping === 'address-dependent'
      ? [`${sent} update @mapped { ${host} . ip daddr : udp sport }`]
      : []),
  ];
}

/** Whose packets are let in beside answers, which connection tracking lets in by itself. */
function filtering(nat: Nat): string[] {
  if (!letsIn(nat)) return [];
  const known = nat.filtering === 'address-dependent' ? 'udp dport . ip saddr @heard' : 'meta l4proto udp';
  return [`iifname "${OUTSIDE}" ${known} dnat ip addr . port to udp dport map @inside`];
}

/** Which port the world sees. */
function mapping(nat: Nat): string[] {
  const out = `oifname "${OUTSIDE}"`;
  switch (nat.mapping) {
    case 'endpoint-independent':
      return [`${out} masquerade`];
    case 'address-dependent':
      return [
        `${out} meta l4proto udp masquerade to :ip saddr . udp sport . ip daddr map @mapped`,
        `${out} masquerade fully-random`,
      ];
    case 'address-and-port-dependent':
      return [`${out} masquerade fully-random`];
  }
}
