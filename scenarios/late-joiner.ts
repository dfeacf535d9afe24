import {
  defineScenario,
  enterRoom,
  gapFacts,
  longestGapMs,
  othersOf,
  receiveAll,
  roomFacts,
} from '../harness/index.ts';

/** Three peers share a machine. Not fewer frames: Firefox's fake camera shows no change in its first 40. */
const LIGHT = { video: { width: 320, height: 180, frameRate: 15 } } as const;

/**
 * A third peer comes into a running call and calls both; everybody sees and hears everybody, and the call plays on.
 *
 * Guards against a latecomer who finds some of the room silent or dark, or whose coming stops the others.
 */
export default defineScenario({
  name: 'late-joiner',
  summary: 'A third peer comes into a running call and calls both.',
  guardsAgainst: 'a latecomer who finds some of the room silent or dark, or whose coming stops the others',
  roles: ['caller', 'callee', 'latecomer'],
  matrix: 'dealt',
  thresholds: {
    connection_success: ['rate==1'],
    checks: ['rate==1'],
    media_gap_ms: ['max<5000'],
  },
  async script({ caller, callee, latecomer, peers, step, hold, check, measure }) {
    const there = [caller, callee];
    await step('join', () => Promise.all(there.map((peer) => peer.join())));
    await step('media', () => Promise.all(there.map((peer) => peer.openMedia(LIGHT))));
    await step('connect', () => caller.call(callee));
    await step('first media', () => receiveAll(there));
    await Promise.all(there.map((peer) => peer.startFrameClock()));
    measure('join_ms', await step('late join', () => enterRoom(latecomer, there, LIGHT)), latecomer);
    const seen = await step('hold', () => hold());
    for (const peer of peers) {
      check(...(await roomFacts(peer, othersOf(peer, peers), seen[peer.role as keyof typeof seen])));
    }
    for (const peer of there) {
      const gaps = await peer.frameGaps({ longerThanMs: 100, with: othersOf(peer, there)[0]! });
      check(...gapFacts(peer, gaps));
      measure('media_gap_ms', longestGapMs(gaps), peer);
    }
    await step('hang-up', () => Promise.all(peers.map((peer) => peer.leave())));
  },
});
