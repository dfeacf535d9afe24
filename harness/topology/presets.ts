import type { LinkName, LinkSpec, NatBehaviour, NatName, NatSpec, NetworkName, SiteSpec } from './spec.ts';

/** RFC 4787 §4.1 and §5, from the most open to the strictest. */
export const NAT_BEHAVIOURS: readonly NatBehaviour[] = [
  'endpoint-independent',
  'address-dependent',
  'address-and-port-dependent',
];

/**
 * What RFC 3489 called the kinds of NAT, in the words that RFC 4787 put in their place.
 *
 * @see https://www.rfc-editor.org/rfc/rfc4787#section-4.1
 */
export const NATS: Readonly<Record<Exclude<NatName, 'none'>, NatSpec>> = {
  'full-cone': { mapping: 'endpoint-independent', filtering: 'endpoint-independent' },
  restricted: { mapping: 'endpoint-independent', filtering: 'address-dependent' },
  'port-restricted': { mapping: 'endpoint-independent', filtering: 'address-and-port-dependent' },
  symmetric: { mapping: 'address-and-port-dependent', filtering: 'address-and-port-dependent' },
};

/**
 * Delays are one way, half of the round trip that the sources give.
 *
 * - `4g`, `3g`: WebPageTest's profiles `4G` (9 and 9 Mbit/s, 170 ms) and `3G` (1.6 Mbit/s and 768 kbit/s, 300 ms).
 * - `satellite`: geostationary. One way takes 260 ms (ITU-T G.114, annex A); 25 and 3 Mbit/s are what the FCC called
 *   broadband from 2015 to 2024, and what such plans were sold as.
 * - `lossy-wifi`: no standard's numbers. A crowded WLAN loses in bursts, as a whole aggregate of frames is lost at once.
 */
export const LINKS: Readonly<Record<LinkName, LinkSpec>> = {
  '4g': {
    uplink: { rate: '9Mbps', delay: '85ms' },
    downlink: { rate: '9Mbps', delay: '85ms' },
  },
  '3g': {
    uplink: { rate: '768kbps', delay: '150ms' },
    downlink: { rate: '1.6Mbps', delay: '150ms' },
  },
  satellite: {
    uplink: { rate: '3Mbps', delay: '260ms' },
    downlink: { rate: '25Mbps', delay: '260ms' },
  },
  'lossy-wifi': {
    uplink: { rate: '20Mbps', delay: '10ms', jitter: '3ms', loss: '3%', lossBurst: 4 },
    downlink: { rate: '20Mbps', delay: '10ms', jitter: '3ms', loss: '3%', lossBurst: 4 },
  },
};

export interface NetworkPreset extends Omit<SiteSpec, 'like'> {
  /** What it stands for, in a few words; for reports and the README. */
  summary: string;
}

/**
 * Networks that people have names for. `home`: the rates of WebPageTest's profile `FIOS`, 20 and 5 Mbit/s, which a user-space
 * emulator still gives on a busy machine. `4g`, `3g` and `satellite` are behind the carrier's NAT, which RFC 6888 wants open.
 */
export const NETWORKS: Readonly<Record<NetworkName, NetworkPreset>> = {
  lan: { summary: 'an office or campus network with routed addresses and nothing in the way', nat: 'none' },
  home: {
    summary: 'a home router on a 20/5 Mbit/s line',
    nat: 'port-restricted',
    link: { uplink: { rate: '5Mbps', delay: '10ms' }, downlink: { rate: '20Mbps', delay: '10ms' } },
  },
  'carrier-nat': {
    summary: "a home router behind the provider's own NAT, which maps by destination",
    nat: ['port-restricted', 'symmetric'],
    link: { uplink: { rate: '5Mbps', delay: '15ms' }, downlink: { rate: '20Mbps', delay: '15ms' } },
  },
  corporate: {
    summary: 'a company with a symmetric NAT that lets no UDP out',
    nat: 'symmetric',
    firewall: 'udp-blocked',
    // A line so wide that no call notices: a rate that is not felt is none.
    link: { uplink: { delay: '5ms' }, downlink: { delay: '5ms' } },
  },
  'hotel-443': {
    summary: 'a hotel that lets nothing out but TCP to port 443',
    nat: 'port-restricted',
    firewall: 'only-443',
    link: { uplink: { rate: '5Mbps', delay: '30ms' }, downlink: { rate: '10Mbps', delay: '30ms' } },
  },
  '4g': { summary: 'a phone on LTE', nat: 'port-restricted', link: '4g' },
  '3g': { summary: 'a phone on UMTS', nat: 'port-restricted', link: '3g' },
  satellite: { summary: 'a geostationary satellite', nat: 'port-restricted', link: 'satellite' },
  'lossy-wifi': {
    summary: 'a home with a crowded WLAN that loses in bursts',
    nat: 'port-restricted',
    link: 'lossy-wifi',
  },
};
