import { callFacts, defineScenario, gapFacts, longestGapMs, SIGNALING_LOST } from '../harness/index.ts';

const home = {
  nat: 'port-restricted',
  link: { uplink: { delay: '10ms' }, downlink: { delay: '10ms' } },
} as const;

/**
 * The caller's addresses are taken away mid-call and it gets others, as when a phone leaves the WLAN; it restarts ICE.
 *
 * Guards against a call that is lost on the way from one network to the next.
 */
export default defineScenario({
  name: 'network-switch',
  summary: 'The caller gets other addresses mid-call, and restarts ICE.',
  guardsAgainst: 'a call that is lost on the way from one network to the next',
  roles: ['caller', 'callee'],
  levels: ['lab'],
  network: { caller: home, callee: home },
  ice: { servers: ['stun'] },
  duration: '8s',
  thresholds: {
    connection_success: ['rate==1'],
    checks: ['rate==1'],
    ice_restart_ms: ['max<15000'],
    media_gap_ms: ['max<15000'],
  },
  async script({ caller, callee, peers, network, step, hold, check, measure }) {
    await step('join', () => Promise.all([caller.join(), callee.join()]));
    await step('media', () => Promise.all([caller.openMedia(), callee.openMedia()]));
    await step('connect', () => caller.call(callee));
    await step('first media', () => Promise.all([caller.receiveMedia(), callee.receiveMedia()]));
    await Promise.all(peers.map((peer) => peer.startFrameClock()));
    await step('before', () => hold());
    const movedMs = await step('move', () => network.move(caller));
    measure('ice_restart_ms', await step('restart', () => caller.restartIce(callee)));
    await step('back', () => Promise.all(peers.map((peer) => peer.nextFrameAfter(movedMs))));
    const seen = await step('hold', () => hold());
    for (const peer of peers) {
      const gaps = await peer.frameGaps({ sinceMs: movedMs, longerThanMs: 100 });
      const media = seen[peer.role as 'caller' | 'callee'];
      check(...(await callFacts(peer, media, { ignoreConsole: SIGNALING_LOST })), ...gapFacts(peer, gaps));
      measure('media_gap_ms', longestGapMs(gaps), peer);
    }
    await step('hang-up', () => caller.hangUp());
  },
});
