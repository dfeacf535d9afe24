/** An address of each IP version; absent where that version is not there. */
export interface Addresses {
  ipv4?: string;
  ipv6?: string;
}

export type BothAddresses = Required<Addresses>;

/**
 * The lab's internet: what every site can reach. Documentation addresses, which nothing outside answers to.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5737 and https://www.rfc-editor.org/rfc/rfc3849
 */
export const WAN = {
  namespace: 'wan',
  bridge: 'wan0',
  broadcast: '198.51.100.255',
  turn: { ipv4: '198.51.100.1', ipv6: '2001:db8::1' },
  signaling: { ipv4: '198.51.100.2', ipv6: '2001:db8::2' },
  /** Nobody's: a second address for probes. */
  probe: { ipv4: '198.51.100.3', ipv6: '2001:db8::3' },
} as const;

/** What peers call the servers; in everybody's hosts file. */
export const TURN_NAME = 'turn.callrig.test';
export const SIGNALING_NAME = 'signaling.callrig.test';
export const WAN_NAMES = { turn: TURN_NAME, signaling: SIGNALING_NAME } as const;

/** All addresses that a certificate for the servers has to be valid for. */
export const WAN_IPS: readonly string[] = [WAN.turn, WAN.signaling].flatMap(({ ipv4, ipv6 }) => [ipv4, ipv6]);

/** Where routers let in what comes for themselves, so that their cables can be measured. */
export const PROBE_PORT = 7099;

/** Sites count from 1, in the order they are written. */
export const MOST_SITES = 200;

/** A site's address on the internet. */
export const publicOf = (site: number): BothAddresses => ({
  ipv4: `198.51.100.${10 + site}`,
  ipv6: `2001:db8::10:${site.toString(16)}`,
});

/** The nth address of a site's own network; 1 is its router. */
export const insideOf = (site: number, host: number): BothAddresses => ({
  ipv4: `192.168.${site}.${host}`,
  ipv6: `2001:db8:${site.toString(16)}::${host.toString(16)}`,
});

/** Between the two NATs of a site: 1 is the outer one's, 2 the inner one's. */
export const middleOf = (site: number, host: 1 | 2): BothAddresses => ({
  ipv4: `100.64.${site}.${host}`,
  ipv6: `2001:db8:${site.toString(16)}:ff::${host}`,
});

/** All of a site's IPv6 addresses. */
export const prefixOf = (site: number): string => `2001:db8:${site.toString(16)}::/48`;

export function hostsFile(): string {
  const both = ({ ipv4, ipv6 }: BothAddresses, name: string) => `${ipv4} ${name}\n${ipv6} ${name}\n`;
  return `127.0.0.1 localhost\n::1 localhost\n${both(WAN.turn, WAN_NAMES.turn)}${both(WAN.signaling, WAN_NAMES.signaling)}`;
}

/** Nobody is there, which is said at once: a browser that asks for another name does not wait. */
export const RESOLV_CONF = 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n';
