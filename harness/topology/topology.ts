import type { FirewallName, NatSpec } from './spec.ts';

export type { FirewallName } from './spec.ts';
export type Nat = NatSpec;
export type Direction = 'uplink' | 'downlink';
export type IpVersion = 'ipv4' | 'ipv6';

/** One direction of a link, as numbers. What is absent is not impaired. */
export interface Impairment {
  rateBps?: number;
  delayMs?: number;
  jitterMs?: number;
  /** 0 to 1. */
  lossRatio?: number;
  /** Mean length of a run of lost packets; above 1. */
  lossBurst?: number;
  duplicateRatio?: number;
  reorderRatio?: number;
  outage?: true;
}

/** Seen from the peer: `uplink` is what it sends. */
export type Link = Record<Direction, Impairment>;

/** A network that peers are in. */
export interface Site {
  name: string;
  /** From the peers outwards. Empty: routed, all can reach its addresses. */
  nats: Nat[];
  firewall: FirewallName;
  ip: IpVersion[];
  /** The line between the site and the internet. */
  link: Link;
}

export interface PlacedPeer {
  role: string;
  site: string;
  /** The line between the peer and its site. */
  link: Link;
  /** IPv4, when it was asked for. */
  address?: string;
}

/** The network of a call, parsed: everything decided, nothing abbreviated. In `plan.json` and `call.json`. */
export interface Topology {
  sites: Site[];
  peers: PlacedPeer[];
}

/** What is told of one direction of one link, and whether it is as it was asked for. */
export interface LinkMeasurement {
  /** Epoch ms, harness's clock. */
  t: number;
  /** `site:NAME` or `peer:ROLE`; the whole way between a peer and the internet is `path:ROLE`. */
  link: string;
  direction: Direction;
  configured: Impairment;
  /** Absent where it was not measured. */
  measured: {
    /** One way, the median. */
    delayMs?: number;
    /** Standard deviation. */
    jitterMs?: number;
    lossRatio?: number;
    /** Bits on the wire per second that came through when more was sent. */
    rateBps?: number;
    /** Packets sent. */
    packets: number;
  };
  /** Why the impairment counts as not in effect: one sentence. Absent when all is as configured. */
  problem?: string;
}
