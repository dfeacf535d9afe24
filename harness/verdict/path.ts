import { join } from '../topology/path.ts';
import type { Impairment, Topology } from '../topology/topology.ts';

/**
 * What a packet meets from one peer to another, everything on its way together. `undefined` if a role has no place.
 *
 * @param byInternet Whether peers of one site meet the site's line too, as when a relay in the internet lies between.
 */
export function pathBetween(
  { sites, peers }: Topology,
  from: string,
  to: string,
  byInternet: boolean,
): Impairment | undefined {
  const [sender, receiver] = [from, to].map((role) => peers.find((peer) => peer.role === role));
  const [start, end] = [sender, receiver].map((peer) => sites.find(({ name }) => name === peer?.site));
  if (!sender || !receiver || !start || !end) return undefined;
  const lines = start === end && !byInternet ? [] : [start.link.uplink, end.link.downlink];
  return [sender.link.uplink, ...lines, receiver.link.downlink].reduce(join, {});
}
