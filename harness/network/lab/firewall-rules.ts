import type { FirewallName } from '../../topology/topology.ts';
import { PROBE_PORT } from './addresses.ts';
import { INSIDE, OUTSIDE } from './nat-rules.ts';

export interface FirewallOptions {
  firewall: FirewallName;
  /** All can reach what is inside, by IPv4: a site without NAT. Else only answers come in, and what a NAT lets in. */
  open: boolean;
}

/**
 * What a router lets through, as nftables' text for IPv4 and IPv6; takes the place of the rules before. What is forbidden
 * stands before what is known: flows that are there already are cut.
 */
export function firewallRules({ firewall, open }: FirewallOptions): string {
  return `table inet firewall
delete table inet firewall
table inet firewall {
  chain input {
    type filter hook input priority filter; policy accept;
    udp dport ${PROBE_PORT} accept
    iifname "${OUTSIDE}" ct state new meta l4proto { tcp, udp } ${UNSOLICITED}
  }
  chain forward {
    type filter hook forward priority filter; policy drop;
${[...FORBIDDEN[firewall], ...allowed(open)].map((rule) => `    ${rule}`).join('\n')}
  }
}
`;
}

/**
 * A packet that nobody asked for must not reach the router's own stack: connection tracking would keep it, and the peer's
 * next packet to that address would clash with it and get another port, as if the mapping were symmetric.
 */
const UNSOLICITED = 'drop';

const only = (ports: string): string[] => [
  'meta l4proto { icmp, ipv6-icmp } ct state related accept',
  `iifname "${INSIDE}" tcp dport ${ports} accept`,
  `iifname "${OUTSIDE}" tcp sport ${ports} ct state established accept`,
  'drop',
];

const FORBIDDEN: Record<FirewallName, readonly string[]> = {
  none: [],
  'udp-blocked': ['meta l4proto udp drop'],
  // Port unreachable: what a socket hears as ECONNREFUSED.
  'udp-rejected': [`iifname "${INSIDE}" meta l4proto udp reject`, 'meta l4proto udp drop'],
  'only-443': only('443'),
  'only-web': only('{ 80, 443 }'),
};

function allowed(open: boolean): string[] {
  return [
    'ct state invalid drop',
    'ct state established,related accept',
    `iifname "${INSIDE}" accept`,
    open ? 'meta nfproto ipv4 accept' : 'ct status dnat accept',
  ];
}
