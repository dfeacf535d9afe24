import type { MediaObservation, MediaOptions, Peer } from '../peer/peer.ts';
import { callFacts, type CallFactsOptions } from './call-facts.ts';
import type { Fact } from './scenario.ts';

/** Everybody calls those who come before: one connection between every two peers, which have joined. */
export async function callAround(peers: readonly Peer[]): Promise<void> {
  for (const [index, peer] of peers.entries()) await callAll(peer, peers.slice(0, index));
}

function callAll(peer: Peer, others: readonly Peer[]): Promise<unknown> {
  return Promise.all(others.map((other) => peer.call(other)));
}

export function receiveAll(peers: readonly Peer[]): Promise<unknown> {
  return Promise.all(peers.map((peer) => peer.receiveMedia()));
}

/**
 * A peer comes into a room where others are: joins, opens its media and calls each of them. Resolves when everybody has
 * received from everybody, with how long that took, ms.
 */
export async function enterRoom(
  peer: Peer,
  others: readonly Peer[],
  media: MediaOptions = {},
): Promise<number> {
  const startMs = performance.now();
  await peer.join();
  await peer.openMedia(media);
  await callAll(peer, others);
  await receiveAll([peer, ...others]);
  return performance.now() - startMs;
}

/** The peers of a room but for one. */
export function othersOf(peer: Peer, peers: readonly Peer[]): Peer[] {
  return peers.filter((each) => each !== peer);
}

/** What {@link callFacts} asks, of each of a peer's connections: who stands still must not hide behind the others. */
export async function roomFacts(
  peer: Peer,
  others: readonly Peer[],
  seen: MediaObservation,
  options: Omit<CallFactsOptions, 'with'> = {},
): Promise<Fact[]> {
  const ofEach = others.map(async (other) => {
    const facts = await callFacts(peer, seen, { ...options, with: other });
    return facts.map((fact) =>
      fact.phase === 'script' ? fact : { ...fact, name: `${fact.name}, with ${other.role}` },
    );
  });
  const [first = [], ...more] = await Promise.all(ofEach);
  // The console is the page's, not a connection's.
  return [...first, ...more.flat().filter(({ phase }) => phase !== 'script')];
}
