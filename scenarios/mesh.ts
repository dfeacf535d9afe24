import { callAround, defineScenario, enterRoom, othersOf, receiveAll, roomFacts } from '../harness/index.ts';

const ROLES = ['one', 'two', 'three', 'four', 'five', 'six'] as const;

/** Every peer encodes once for each other one, on one machine. Not fewer frames: Firefox's fake camera shows no change in its first 40. */
const LIGHT = { video: { width: 320, height: 180, frameRate: 15 } } as const;

const sized = (size: number) => ({ summary: `${size} peers`, roles: ROLES.slice(0, size) });

/**
 * Everybody calls everybody; then one leaves and comes again, and one crashes, is missed, and comes back.
 *
 * Guards against rooms that work until somebody goes: calls that hang on to who is gone, or do not let them in again.
 */
export default defineScenario({
  name: 'mesh',
  summary:
    'A room in which everybody calls everybody; one leaves and comes again, one crashes and comes back.',
  guardsAgainst:
    'rooms that work until somebody goes: calls that hang on to who is gone, or do not let them in again',
  roles: ROLES,
  matrix: 'dealt',
  variants: {
    axis: 'size',
    baseline: 'three',
    cases: { three: sized(3), four: sized(4), five: sized(5), six: sized(6) },
  },
  thresholds: {
    connection_success: ['rate==1'],
    checks: ['rate==1'],
    rejoin_ms: ['max<20000'],
    crash_notice_ms: ['max<30000'],
  },
  async script({ one: crashing, two: leaving, peers, step, hold, check, measure }) {
    await step('join', () => Promise.all(peers.map((peer) => peer.join())));
    await step('media', () => Promise.all(peers.map((peer) => peer.openMedia(LIGHT))));
    await step('connect', () => callAround(peers));
    await step('first media', () => receiveAll(peers));
    await step('leave', () => leaving.leave());
    const again = await step('come again', () => enterRoom(leaving, othersOf(leaving, peers), LIGHT));
    measure('rejoin_ms', again, leaving);
    const crashedMs = await step('crash', () => crashing.vanish());
    const left = othersOf(crashing, peers);
    const missed = left.map(async (peer) => {
      measure('crash_notice_ms', (await peer.waitFor('disconnected', { with: crashing })) - crashedMs, peer);
      await peer.hangUp(crashing);
    });
    await step('miss', () => Promise.all(missed));
    await step('come back', () => crashing.comeBack());
    measure('rejoin_ms', await step('rejoin', () => enterRoom(crashing, left, LIGHT)), crashing);
    const seen = await step('hold', () => hold());
    for (const peer of peers) {
      check(...(await roomFacts(peer, othersOf(peer, peers), seen[peer.role as keyof typeof seen])));
    }
    await step('hang-up', () => Promise.all(peers.map((peer) => peer.leave())));
  },
});
