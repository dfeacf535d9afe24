import type { IcePlan } from './ice.ts';
import { NATS } from './presets.ts';
import type { FirewallName } from './spec.ts';
import type { Direction, Impairment, Link, LinkMeasurement, Nat, Site, Topology } from './topology.ts';

/** `delay 25 ms, jitter 3 ms, loss 5 % in runs of 4, rate 1 Mbit/s`; `outage`; `unimpaired`. */
export function describeImpairment(impairment: Impairment): string {
  const { rateBps, delayMs, jitterMs, lossRatio, lossBurst, duplicateRatio, reorderRatio, outage } =
    impairment;
  if (outage) return 'outage';
  const runs = lossBurst === undefined ? '' : ` in runs of ${rounded(lossBurst)}`;
  const parts = [
    delayMs && `delay ${rounded(delayMs)} ms`,
    jitterMs && `jitter ${rounded(jitterMs)} ms`,
    lossRatio && `loss ${describeRatio(lossRatio)}${runs}`,
    rateBps !== undefined && `rate ${describeRate(rateBps)}`,
    duplicateRatio && `duplicate ${describeRatio(duplicateRatio)}`,
    reorderRatio && `reorder ${describeRatio(reorderRatio)}`,
  ].filter(Boolean);
  return parts.length ? parts.join(', ') : 'unimpaired';
}

/** `uplink delay 25 ms; downlink loss 5 %`; both directions alike are said once; empty if neither is impaired. */
export function describeLink(link: Link): string {
  const [uplink, downlink] = [describeImpairment(link.uplink), describeImpairment(link.downlink)];
  if (uplink === downlink) return uplink === 'unimpaired' ? '' : `${uplink} each way`;
  const directions = (['uplink', 'downlink'] as const satisfies Direction[]).filter(
    (direction) => describeImpairment(link[direction]) !== 'unimpaired',
  );
  return directions.map((direction) => `${direction} ${describeImpairment(link[direction])}`).join('; ');
}

/** What of a link was measured: `25.1 ms, 4.8 % lost of 500 packets`; `not measured`. */
export function describeMeasured({
  delayMs,
  jitterMs,
  lossRatio,
  rateBps,
  packets,
}: LinkMeasurement['measured']): string {
  const of = packets === 1 ? '1 packet' : `${packets} packets`;
  const parts = [
    delayMs !== undefined && `${rounded(delayMs)} ms`,
    jitterMs !== undefined && `± ${rounded(jitterMs)} ms`,
    lossRatio !== undefined && `${describeRatio(lossRatio)} lost of ${of}`,
    rateBps !== undefined && describeRate(rateBps),
  ].filter(Boolean);
  return parts.length ? parts.join(', ') : 'not measured';
}

const FIREWALLS: Record<FirewallName, string> = {
  none: '',
  'udp-blocked': 'UDP blocked',
  'udp-rejected': 'UDP rejected',
  'only-443': 'only TCP 443 open',
  'only-web': 'only TCP 80 and 443 open',
};

/**
 * `behind a port-restricted NAT (mapping endpoint-independent, filtering address-and-port-dependent), UDP blocked`.
 * The line to the internet is left out: {@link describeLink}.
 */
export function describeSite({ nats, firewall, ip }: Pick<Site, 'nats' | 'firewall' | 'ip'>): string {
  const versions = ip.map((version) => (version === 'ipv4' ? 'IPv4' : 'IPv6')).join(' and ');
  // IPv6 is routed: without IPv4 there is nothing to translate.
  const hasNat = ip.includes('ipv4') && nats.length > 0;
  const parts = [
    hasNat ? `behind ${nats.map(describeNat).join(' behind ')}` : 'without a NAT',
    FIREWALLS[firewall],
    versions !== 'IPv4' && (ip.length === 1 ? `${versions} only` : versions),
  ].filter(Boolean);
  return parts.join(', ');
}

/** `a symmetric NAT (mapping address-and-port-dependent, filtering address-and-port-dependent)`. */
export function describeNat({ mapping, filtering }: Nat): string {
  // Most combinations of RFC 4787 never had a name.
  const gloss = Object.entries(NATS).find(
    ([, nat]) => nat.mapping === mapping && nat.filtering === filtering,
  )?.[0];
  return `a ${gloss ? `${gloss} ` : ''}NAT (mapping ${mapping}, filtering ${filtering})`;
}

/** Where a role's peer is: its site and, when impaired, the lines between it and the internet. `undefined`: nowhere. */
export function describePlace({ sites, peers }: Topology, role: string): string | undefined {
  const peer = peers.find((each) => each.role === role);
  const site = sites.find(({ name }) => name === peer?.site);
  if (!peer || !site) return undefined;
  const shared = peers.filter((each) => each.site === site.name).length > 1;
  const [own, line] = [describeLink(peer.link), describeLink(site.link)];
  const parts = [
    describeSite(site),
    shared && `in the site ${site.name}`,
    line && `line ${line}`,
    own && `own line ${own}`,
  ].filter(Boolean);
  return parts.join('; ');
}

/** What peers are given and may use: `stun, turn-udp (relay only)`; `no servers`; `turn-tls (wrong credentials)`. */
export function describeIce({ servers, policy, credentials }: IcePlan): string {
  const remarks = [
    policy === 'relay' && 'relay only',
    credentials !== 'valid' && `${credentials} credentials`,
  ].filter(Boolean);
  const names = servers.length ? servers.join(', ') : 'no servers';
  return remarks.length ? `${names} (${remarks.join(', ')})` : names;
}

/** `300 kbit/s`, `1.5 Mbit/s`. */
export function describeRate(rateBps: number): string {
  const units = [
    ['Gbit/s', 1e9],
    ['Mbit/s', 1e6],
    ['kbit/s', 1e3],
  ] as const;
  const [unit, factor] = units.find(([, each]) => rateBps >= each) ?? (['bit/s', 1] as const);
  return `${rounded(rateBps / factor)} ${unit}`;
}

/** `5 %`, `0.25 %`. */
export function describeRatio(ratio: number): string {
  return `${rounded(ratio * 100)} %`;
}

/** Three digits, or all those before the point. */
function rounded(value: number): number {
  return Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(3));
}
