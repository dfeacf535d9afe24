import { reject, under, type Written } from './fields.ts';
import type { PlacedPeer, Site, Topology } from './topology.ts';

/** Peers of a /24 without network, router and broadcast. */
const MOST_PEERS = 253;
/** As many as the lab has addresses for. */
const MOST_SITES = 200;

/** The IPv4 network inside a site, by the site's place in the topology, from 0: `192.168.1.0/24`, router `192.168.1.1`. */
export function siteNetwork(index: number): { prefix: string; cidr: string; router: string } {
  const prefix = `192.168.${index + 1}.`;
  return { prefix, cidr: `${prefix}0/24`, router: `${prefix}1` };
}

/**
 * Each peer's IPv4 address inside its site, by role: the one it asked for, else the next that is free, from `.2` on.
 * A peer of a site without IPv4 has none.
 */
export function siteAddresses({ sites, peers }: Topology): Map<string, string> {
  const taken = new Set(peers.flatMap(({ address }) => address ?? []));
  const addresses = new Map<string, string>();
  for (const [index, site] of sites.entries()) {
    if (!site.ip.includes('ipv4')) continue;
    let next = 2;
    for (const { role, address } of peers.filter((peer) => peer.site === site.name)) {
      while (address === undefined && taken.has(siteNetwork(index).prefix + next)) next += 1;
      const own = address ?? siteNetwork(index).prefix + next;
      taken.add(own);
      addresses.set(role, own);
    }
  }
  return addresses;
}

/** Tells of addresses that their site does not have, or that two want. */
export function checkAddresses({ sites, peers }: Topology, written: Written): void {
  if (sites.length > MOST_SITES) reject({ ...written, value: sites.length }, `at most ${MOST_SITES} sites`);
  const taken = new Map<string, string>();
  for (const peer of peers) {
    if (peer.address === undefined) continue;
    const at = under(under(written, peer.role, undefined), 'address', peer.address);
    const index = sites.findIndex(({ name }) => name === peer.site);
    const other = taken.get(peer.address);
    if (other !== undefined) reject(at, 'an address of its own', `${other} has it`);
    else if (index >= 0) checkAddress(peer.address, index, sites[index], at);
    taken.set(peer.address, peer.role);
  }
  for (const { name } of sites) {
    const inside = peers.filter(({ site }: PlacedPeer) => site === name).length;
    if (inside > MOST_PEERS) reject({ ...written, value: inside }, `at most ${MOST_PEERS} peers in ${name}`);
  }
}

function checkAddress(address: string, index: number, site: Site | undefined, at: Written): void {
  const { prefix, router } = siteNetwork(index);
  const expected = `an IPv4 address from ${prefix}2 to ${prefix}254`;
  if (site && !site.ip.includes('ipv4')) {
    reject(at, `IPv4 in ${site.name}`, 'add ipv4 to its ip');
  } else if (address === router) {
    reject(at, expected, `${router} is the router's`);
  } else if (!isIn(address, prefix)) {
    reject(at, expected, `${site?.name ?? 'the site'} is ${prefix}0/24`);
  }
}

function isIn(address: string, prefix: string): boolean {
  const last = address.slice(prefix.length);
  return address.startsWith(prefix) && /^[1-9]\d{0,2}$/.test(last) && Number(last) <= 254;
}
