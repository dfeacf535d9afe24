import type { Impairment, Topology } from '../topology/topology.ts';

/** One direction of the way between two peers, everything on it together. */
export interface Path {
  delayMs: number;
  /** Standard deviations, added as variances. */
  jitterMs: number;
  /** 0 to 1. */
  lossRatio: number;
  /** The longest mean run of lost packets of any link; at least 1. */
  lossBurst: number;
  /** The narrowest link's; absent if none has a limit. */
  rateBps?: number;
  isDuplicating: boolean;
  isReordering: boolean;
  isOut: boolean;
}

/**
 * What a packet meets from one peer to another. Peers of one site meet the site's line only when they are relayed,
 * as the relay is in the internet. `undefined` if a role has no place.
 */
export function pathBetween(
  { sites, peers }: Topology,
  from: string,
  to: string,
  isRelayed: boolean,
): Path | undefined {
  const [sender, receiver] = [from, to].map((role) => peers.find((peer) => peer.role === role));
  const [start, end] = [sender, receiver].map((peer) => sites.find(({ name }) => name === peer?.site));
  if (!sender || !receiver || !start || !end) return undefined;
  const lines = start === end && !isRelayed ? [] : [start.link.uplink, end.link.downlink];
  return joined([sender.link.uplink, ...lines, receiver.link.downlink]);
}

function joined(links: readonly Impairment[]): Path {
  const rates = links.flatMap(({ rateBps }) => rateBps ?? []);
  return {
    delayMs: links.reduce((sum, { delayMs }) => sum + (delayMs ?? 0), 0),
    jitterMs: Math.hypot(...links.map(({ jitterMs }) => jitterMs ?? 0)),
    lossRatio: 1 - links.reduce((kept, { lossRatio }) => kept * (1 - (lossRatio ?? 0)), 1),
    lossBurst: Math.max(1, ...links.map(({ lossBurst }) => lossBurst ?? 1)),
    ...(rates.length > 0 && { rateBps: Math.min(...rates) }),
    isDuplicating: links.some(({ duplicateRatio }) => (duplicateRatio ?? 0) > 0),
    isReordering: links.some(({ reorderRatio }) => (reorderRatio ?? 0) > 0),
    isOut: links.some(({ outage }) => outage === true),
  };
}
