import { callFacts, defineScenario, gapFacts, longestGapMs, pathFacts, PATHS } from '../harness/index.ts';

/** So far away that the direct path, which takes fewer round trips to find than a relay, is always found first. */
const home = {
  nat: 'port-restricted',
  link: { uplink: { delay: '40ms' }, downlink: { delay: '40ms' } },
} as const;

/**
 * The caller's network begins to drop UDP in the middle of a direct call; four seconds later the caller restarts ICE, and
 * the call goes on over TURN and TCP. A browser that had found that path by itself shows a shorter gap.
 *
 * Guards against a call that stays dead when its path has died, though there is another one.
 */
export default defineScenario({
  name: 'ice-restart',
  summary: 'The path of a call dies; the caller restarts ICE, and the call goes on over another one.',
  guardsAgainst: 'a call that stays dead when its path has died, though there is another one',
  roles: ['caller', 'callee'],
  levels: ['lab'],
  network: { caller: home, callee: home },
  ice: { servers: ['stun', 'turn-tcp'] },
  duration: '8s',
  thresholds: {
    connection_success: ['rate==1'],
    checks: ['rate==1'],
    ice_restart_ms: ['max<15000'],
    media_gap_ms: ['max<20000'],
  },
  async script({ caller, callee, peers, network, turn, step, hold, check, measure }) {
    await step('join', () => Promise.all([caller.join(), callee.join()]));
    await step('media', () => Promise.all([caller.openMedia(), callee.openMedia()]));
    await step('connect', () => caller.call(callee));
    await step('first media', () => Promise.all([caller.receiveMedia(), callee.receiveMedia()]));
    await step('before', () => hold('2s'));
    check(...(await pathFacts(caller, callee, PATHS.direct, turn)));
    await Promise.all(peers.map((peer) => peer.startFrameClock()));
    const deadMs = await step('block UDP', () => network.firewall(caller, 'udp-blocked'));
    await step('dead', () => hold('4s'));
    measure('ice_restart_ms', await step('restart', () => caller.restartIce(callee)));
    await step('back', () => Promise.all(peers.map((peer) => peer.nextFrameAfter(deadMs + 4000))));
    const seen = await step('hold', () => hold());
    for (const peer of peers) {
      const gaps = await peer.frameGaps({ sinceMs: deadMs, longerThanMs: 100 });
      check(...(await callFacts(peer, seen[peer.role as 'caller' | 'callee'])), ...gapFacts(peer, gaps));
      measure('media_gap_ms', longestGapMs(gaps), peer);
    }
    check(...(await pathFacts(caller, callee, PATHS['relay-tcp'], turn)));
    await step('hang-up', () => caller.hangUp());
  },
});
