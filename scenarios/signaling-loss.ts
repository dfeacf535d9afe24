import {
  callFacts,
  defineScenario,
  gapFacts,
  hangUpFacts,
  longestGapMs,
  SIGNALING_LOST,
  signalingFact,
} from '../harness/index.ts';

/**
 * The signaling server goes away in the middle of a call; media goes on, and once it is back the caller hangs up.
 *
 * Guards against a call that ends with its signaling.
 */
export default defineScenario({
  name: 'signaling-loss',
  summary: 'The signaling server goes away mid-call and comes back; media never stops.',
  guardsAgainst: 'a call that ends with its signaling, or cannot be hung up afterwards',
  roles: ['caller', 'callee'],
  levels: ['lab', 'loopback'],
  network: { caller: { nat: 'port-restricted' }, callee: { nat: 'port-restricted' } },
  ice: { servers: ['stun'] },
  duration: '5s',
  thresholds: {
    connection_success: ['rate==1'],
    checks: ['rate==1'],
    // A busy machine drops some frames, a call that breaks drops them all.
    media_gap_ms: ['max<2500'],
  },
  async script({ caller, callee, peers, signaling, step, hold, check, measure }) {
    await step('join', () => Promise.all([caller.join(), callee.join()]));
    await step('media', () => Promise.all([caller.openMedia(), callee.openMedia()]));
    await step('connect', () => caller.call(callee));
    await step('first media', () => Promise.all([caller.receiveMedia(), callee.receiveMedia()]));
    await Promise.all(peers.map((peer) => peer.startFrameClock()));
    const cutMs = await step('cut', () => signaling.cut());
    const seen = await step('hold', () => hold());
    for (const peer of peers) {
      const media = seen[peer.role as 'caller' | 'callee'];
      const gaps = await peer.frameGaps({ sinceMs: cutMs, longerThanMs: 100 });
      check(signalingFact(peer, 'gone'));
      check(...(await callFacts(peer, media, { ignoreConsole: SIGNALING_LOST })), ...gapFacts(peer, gaps));
      measure('media_gap_ms', longestGapMs(gaps), peer);
    }
    await step('restore', () => signaling.restore());
    await step('back', () => Promise.all(peers.map((peer) => peer.waitForSignaling())));
    await step('hang-up', () => caller.hangUp());
    for (const peer of peers) check(...(await hangUpFacts(peer)));
  },
});
