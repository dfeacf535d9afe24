import type { PeerRecord, Phase } from '../call-record.ts';

export interface Diagnosis {
  phase: Phase;
  /** What did not happen, as the end of a sentence. */
  what: string;
}

/**
 * Where a connection that did not come about got stuck, told from both peers' marks and states; of several
 * connections the first that did not, in the order of the peers.
 *
 * The order is the order in which things must happen; the first that did not is the phase that broke:
 *
 * | missing | phase |
 * |---|---|
 * | the offer at the answerer, or the answer at the offerer | `signaling` |
 * | any local candidate after gathering began | `gathering` |
 * | `iceConnectionState` connected on either side | `ice` |
 * | the DTLS transport connected on either side | `dtls` |
 *
 * `undefined` when both sides are connected, or nothing is known of them.
 */
export function diagnose(peers: readonly PeerRecord[]): Diagnosis | undefined {
  if (peers.length <= 2) return diagnosePair(peers);
  const pairs = peers.flatMap((one, index) => peers.slice(index + 1).map((other) => [one, other] as const));
  for (const [one, other] of pairs) {
    const ends = [endOf(one, other), endOf(other, one)].flatMap((end) => end ?? []);
    const found = diagnosePair(ends);
    if (found) return found;
  }
  return undefined;
}

/** The peer as if the connection with the other one were its only one; `undefined` if it had none with it. */
function endOf(peer: PeerRecord, { role }: PeerRecord): PeerRecord | undefined {
  // Which was its only one is not recorded; what else is known of the other end tells.
  if (!peer.connections) return peer;
  const connection = peer.connections[role];
  return connection && { ...peer, ...connection };
}

function diagnosePair(peers: readonly PeerRecord[]): Diagnosis | undefined {
  const offerer = peers.find(({ marks }) => marks.offerSent !== undefined);
  if (!offerer) return undefined;
  const answerer = peers.find((peer) => peer !== offerer);
  return signalingFault(offerer, answerer) ?? pathFault([offerer, ...(answerer ? [answerer] : [])]);
}

function signalingFault(offerer: PeerRecord, answerer: PeerRecord | undefined): Diagnosis | undefined {
  if (offerer.marks.answerReceived !== undefined) return undefined;
  if (answerer?.marks.offerReceived === undefined) {
    return { phase: 'signaling', what: `the offer did not reach ${answerer?.role ?? 'the answerer'}` };
  }
  if (answerer.marks.answerSent === undefined) {
    return { phase: 'negotiation', what: `${answerer.role} did not answer the offer` };
  }
  return { phase: 'signaling', what: `the answer did not reach ${offerer.role}` };
}

function pathFault(peers: readonly PeerRecord[]): Diagnosis | undefined {
  for (const { role, marks, evidence } of peers) {
    if (marks.gatherStart !== undefined && evidence.localCandidates.length === 0) {
      return { phase: 'gathering', what: `${role} found no local candidate` };
    }
  }
  const noIce = peers.filter(({ marks }) => marks.iceConnected === undefined);
  if (noIce.length > 0) return { phase: 'ice', what: `ICE did not connect at ${roles(noIce)}` };
  const noDtls = peers.filter(({ marks }) => marks.dtlsConnected === undefined);
  if (noDtls.length > 0) return { phase: 'dtls', what: `DTLS did not connect at ${roles(noDtls)}` };
  return undefined;
}

function roles(peers: readonly PeerRecord[]): string {
  return peers.map(({ role }) => role).join(' and ');
}
