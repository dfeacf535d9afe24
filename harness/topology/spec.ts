import type { DataRate, Duration, Percentage } from '../units.ts';

/** RFC 4787 §4.1 and §5. */
export type NatBehaviour = 'endpoint-independent' | 'address-dependent' | 'address-and-port-dependent';

/**
 * A NAT in RFC 4787's words.
 *
 * @see https://www.rfc-editor.org/rfc/rfc4787#section-4.1
 */
export interface NatSpec {
  mapping: NatBehaviour;
  filtering: NatBehaviour;
}

/** What people call them (RFC 3489 §5); what each is in RFC 4787's words is in presets.ts. */
export type NatName = 'none' | 'full-cone' | 'restricted' | 'port-restricted' | 'symmetric';

/** What a site lets out. Answers to what went out always come in. */
export type FirewallName =
  | 'none'
  /** UDP is dropped without a word. */
  | 'udp-blocked'
  /** UDP is answered with an ICMP error. */
  | 'udp-rejected'
  /** Only TCP to port 443 goes out. */
  | 'only-443'
  /** Only TCP to the ports 80 and 443 goes out. */
  | 'only-web';

/** Impairment of one direction of a link, in tc-netem's words. What is left out is not impaired. */
export interface ImpairmentSpec {
  /** Bits on the wire per second. */
  rate?: DataRate;
  delay?: Duration;
  /** Standard deviation of the delay. */
  jitter?: Duration;
  loss?: Percentage;
  /** Mean length of a run of lost packets. Default 1: each is lost on its own. */
  lossBurst?: number;
  duplicate?: Percentage;
  reorder?: Percentage;
  /** Nothing gets through. */
  outage?: boolean;
}

/** A link's two directions, seen from the peer. */
export interface LinkSpec {
  uplink?: ImpairmentSpec;
  downlink?: ImpairmentSpec;
}

/** Kinds of link that people have names for. */
export type LinkName = '4g' | '3g' | 'satellite' | 'lossy-wifi';

/** Networks that people have names for: a NAT, a firewall and a link each. */
export type NetworkName = 'lan' | 'home' | 'carrier-nat' | 'corporate' | 'hotel-443' | LinkName;

/** A network that peers are in: what lies between them and the internet. */
export interface SiteSpec {
  /** Take the rest from here. */
  like?: NetworkName;
  /** One NAT; a list from the peers outwards (double NAT); `none` for addresses that all can reach. Default `port-restricted`. */
  nat?: NatName | NatSpec | readonly (NatName | NatSpec)[];
  firewall?: FirewallName;
  /** Which IP versions peers get. IPv6 is routed, not translated; its router lets in only answers. Default IPv4. */
  ip?: readonly ('ipv4' | 'ipv6')[];
  /** The line between the site and the internet. */
  link?: LinkName | LinkSpec;
}

export interface PlacedPeerSpec {
  site: string;
  /** The line between the peer and its site: a bad WLAN. */
  link?: LinkName | LinkSpec;
  /** IPv4, within the site's network. Default: the next free one. */
  address?: string;
}

/**
 * The network of a call: by role a network of the peer's own, or sites that peers share.
 *
 * ```ts
 * { caller: 'home', callee: { nat: 'symmetric', link: { uplink: { loss: '5%' } } } }
 * { sites: { office: 'corporate' }, peers: { caller: 'office', callee: 'office' } }
 * ```
 */
export type NetworkSpec<Role extends string = string> =
  | { readonly [Name in Role]: NetworkName | SiteSpec }
  | {
      readonly sites: Readonly<Record<string, NetworkName | SiteSpec>>;
      readonly peers: { readonly [Name in Role]: string | PlacedPeerSpec };
    };
