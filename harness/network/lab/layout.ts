import { NetworkError } from '../../errors.ts';
import type { FirewallName, IpVersion, Nat, PlacedPeer, Site, Topology } from '../../topology/topology.ts';
import type { Cable } from '../impairment/emulator.ts';
import {
  insideOf,
  middleOf,
  MOST_SITES,
  publicOf,
  WAN,
  type Addresses,
  type BothAddresses,
} from './addresses.ts';
import { INSIDE, OUTSIDE } from './nat-rules.ts';

/** `site:NAME`: between a site and the internet; `peer:ROLE`: between a peer and its site. */
export type LinkId = `site:${string}` | `peer:${string}`;

export interface Router {
  namespace: string;
  site: string;
  /** The site's number. */
  number: number;
  /** Absent: it only routes. */
  nat?: Nat;
  firewall: FirewallName;
  /** All can reach what is inside. */
  open: boolean;
  outside: BothAddresses;
  /** Where it sends what is not its own. */
  gateway: BothAddresses;
  inside: BothAddresses;
  /** The router between this one and the peers: what is theirs goes there. Absent: peers are plugged into a bridge. */
  inner?: BothAddresses;
}

export interface LaidPeer {
  role: string;
  site: string;
  namespace: string;
  router: string;
  /** The site's number, and the peer's in it. */
  number: number;
  host: number;
  addresses: Addresses;
  gateway: BothAddresses;
}

export interface LaidLink {
  id: LinkId;
  cable: Cable;
  /** Of the cable's two ends, to probe it. */
  addresses: { a: Addresses; b: Addresses };
  /** Laid by the emulator: it can be impaired. */
  emulated: boolean;
}

/** Everything the lab makes of a topology, as data. */
export interface LabLayout {
  routers: Router[];
  peers: LaidPeer[];
  /** The ones of sites and peers. */
  links: LaidLink[];
  /** Between the two NATs of a site. */
  middles: Cable[];
}

/** Which links can be impaired: the ones that the topology impairs, or also the ones that a script may want to. */
export type Emulate = 'configured' | 'all';

/** @throws NetworkError when the lab has no addresses or no means for it */
export function layOut(topology: Topology, emulate: Emulate): LabLayout {
  const { sites, peers } = topology;
  if (sites.length > MOST_SITES)
    throw impossible(`${sites.length} sites; the lab has addresses for ${MOST_SITES}`);
  const layout: LabLayout = { routers: [], peers: [], links: [], middles: [] };
  sites.forEach((site, index) => {
    const routers = routersOf(site, index + 1);
    layout.routers.push(...routers);
    if (routers.length > 1) layout.middles.push(middle(index + 1));
    layout.links.push(siteLink(site, index + 1, routers.at(-1)!, emulate));
  });
  for (const [index, peer] of peers.entries())
    layout.peers.push(placePeer(peer, index + 1, topology, layout));
  layout.links.push(...peers.map((peer, index) => peerLink(peer, index + 1, topology, layout, emulate)));
  return layout;
}

/** Two layouts that differ only in rules, routes and impairments: nothing needs to be torn down between them. */
export function sameShape(one: LabLayout, other: LabLayout): boolean {
  return shape(one) === shape(other);
}

function shape({ routers, peers, links }: LabLayout): string {
  return JSON.stringify([
    routers.map(({ namespace, site }) => [namespace, site]),
    peers,
    links.map(({ id, cable, emulated }) => [id, cable, emulated]),
  ]);
}

/** From the peers outwards. */
function routersOf(site: Site, number: number): Router[] {
  const { name, nats, firewall } = site;
  if (nats.length > 2) throw impossible(`${nats.length} NATs at site ${name}; the lab does two`);
  const base = { site: name, number, open: nats.length === 0 };
  const world = { outside: publicOf(number), gateway: WAN.turn };
  const home = { namespace: `router-${number}`, inside: insideOf(number, 1) };
  const [first, second] = nats;
  if (!second) return [{ ...base, ...home, ...world, firewall, ...(first && { nat: first }) }];
  const [inner, outer] = [middleOf(number, 2), middleOf(number, 1)];
  return [
    { ...base, ...home, outside: inner, gateway: outer, firewall, ...(first && { nat: first }) },
    {
      ...base,
      ...world,
      namespace: `carrier-${number}`,
      inside: outer,
      inner,
      firewall: 'none',
      nat: second,
    },
  ];
}

function middle(number: number): Cable {
  return {
    name: `middle-${number}`,
    a: { namespace: `router-${number}`, interface: OUTSIDE },
    b: { namespace: `carrier-${number}`, interface: INSIDE },
  };
}

function siteLink(site: Site, number: number, router: Router, emulate: Emulate): LaidLink {
  return {
    id: `site:${site.name}`,
    cable: {
      name: `site-${number}`,
      a: { namespace: router.namespace, interface: OUTSIDE },
      b: { namespace: WAN.namespace, interface: `s${number}` },
    },
    addresses: { a: router.outside, b: WAN.turn },
    emulated: emulate === 'all' || isImpaired(site),
  };
}

function placePeer(
  peer: PlacedPeer,
  number: number,
  { sites, peers }: Topology,
  { peers: placed }: LabLayout,
): LaidPeer {
  const index = sites.findIndex(({ name }) => name === peer.site);
  const site = sites[index];
  if (!site) throw impossible(`peer ${peer.role} is at site ${peer.site}, which is not there`);
  const same = (other: { site: string }) => other.site === peer.site;
  const taken = [...peers.filter(same).map(hostAsked), ...placed.filter(same).map(({ host }) => host)];
  const router = `router-${index + 1}`;
  const host = hostAsked(peer) ?? freeHost(taken);
  return {
    role: peer.role,
    site: site.name,
    namespace: `peer-${number}`,
    router,
    number: index + 1,
    host,
    addresses: only(insideOf(index + 1, host), site.ip),
    gateway: insideOf(index + 1, 1),
  };
}

const hostAsked = ({ address }: PlacedPeer): number | undefined =>
  address === undefined ? undefined : Number(address.split('.').at(-1));

/** The lowest number at a site that nobody has. @throws NetworkError when there is none */
export function freeHost(taken: readonly (number | undefined)[]): number {
  for (let host = 2; host < 255; host++) if (!taken.includes(host)) return host;
  throw impossible('a site has 253 addresses for peers, and all are taken');
}

export const only = ({ ipv4, ipv6 }: BothAddresses, ip: readonly IpVersion[]): Addresses => ({
  ...(ip.includes('ipv4') && { ipv4 }),
  ...(ip.includes('ipv6') && { ipv6 }),
});

/** A line that its site shares with others is not the peer's own: then the peer's can be impaired too. */
function peerLink(
  peer: PlacedPeer,
  number: number,
  topology: Topology,
  layout: LabLayout,
  emulate: Emulate,
): LaidLink {
  const { namespace, router, addresses, gateway } = layout.peers[number - 1]!;
  const shares = topology.peers.filter(({ site }) => site === peer.site).length > 1;
  return {
    id: `peer:${peer.role}`,
    cable: {
      name: `peer-${number}`,
      a: { namespace, interface: 'eth0' },
      b: { namespace: router, interface: `p${number}` },
    },
    addresses: { a: addresses, b: gateway },
    emulated: (emulate === 'all' && shares) || isImpaired(peer),
  };
}

const isImpaired = ({ link }: Site | PlacedPeer): boolean =>
  Object.keys(link.uplink).length > 0 || Object.keys(link.downlink).length > 0;

const impossible = (what: string): NetworkError =>
  new NetworkError(`the lab cannot make this network: ${what}`, { code: 'LAB_TOPOLOGY' });
