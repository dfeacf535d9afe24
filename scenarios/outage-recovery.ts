import { callFacts, defineScenario, gapFacts, longestGapMs, outageFacts } from '../harness/index.ts';

const line = { uplink: { delay: '10ms' }, downlink: { delay: '10ms' } } as const;
const dead = { uplink: { outage: true }, downlink: { outage: true } } as const;

/**
 * The caller's line is dead for three seconds in the middle of a call, then works again; nobody does anything about it.
 *
 * Guards against a call that does not come back from a short blackout, or takes long to.
 */
export default defineScenario({
  name: 'outage-recovery',
  summary: "The caller's line is dead for three seconds mid-call; the call comes back by itself.",
  guardsAgainst: 'a call that does not come back from a short blackout, or takes long to',
  roles: ['caller', 'callee'],
  levels: ['lab', 'shaped'],
  network: { caller: { nat: 'port-restricted', link: line }, callee: { nat: 'port-restricted', link: line } },
  ice: { servers: ['stun'] },
  duration: '3s',
  thresholds: {
    connection_success: ['rate==1'],
    checks: ['rate==1'],
    media_gap_ms: ['min>2500', 'max<12000'],
    recovery_ms: ['max<8000'],
  },
  async script({ caller, callee, peers, network, step, hold, check, measure }) {
    await step('join', () => Promise.all([caller.join(), callee.join()]));
    await step('media', () => Promise.all([caller.openMedia(), callee.openMedia()]));
    await step('connect', () => caller.call(callee));
    await step('first media', () => Promise.all([caller.receiveMedia(), callee.receiveMedia()]));
    await Promise.all(peers.map((peer) => peer.startFrameClock()));
    await step('before', () => hold());
    const startMs = await step('cut', () => network.set(caller, dead));
    await step('outage', () => hold('3s'));
    const endMs = await step('restore', () => network.reset(caller));
    const back = await step('recovery', () => Promise.all(peers.map((peer) => peer.nextFrameAfter(endMs))));
    const seen = await step('hold', () => hold());
    for (const [index, peer] of peers.entries()) {
      const gaps = await peer.frameGaps({ sinceMs: startMs, longerThanMs: 100 });
      check(...(await callFacts(peer, seen[peer.role as 'caller' | 'callee'])), ...gapFacts(peer, gaps));
      check(...outageFacts(peer, gaps, { startMs, endMs }));
      measure('media_gap_ms', longestGapMs(gaps), peer);
      measure('recovery_ms', back[index]! - endMs, peer);
    }
    await step('hang-up', () => caller.hangUp());
  },
});
