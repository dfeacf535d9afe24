import { callFacts, defineScenario, gapFacts, pathFacts, PATHS, silenceFacts } from '../harness/index.ts';

/** The callee can be reached by all; the caller is behind a firewall, which the script opens. */
const firewalled = { caller: { firewall: 'udp-blocked' }, callee: { nat: 'none' } } as const;

/**
 * A relayed call whose TURN server dies: media stops, and both sides notice. Where another path has come up meanwhile, an
 * ICE restart takes the call over to it. (Most pairs of browsers find it by themselves; not all send video over it then.)
 *
 * Guards against calls that seem to be up when they are not, and calls given up that could have gone on.
 */
export default defineScenario({
  name: 'turn-down',
  summary: 'A relayed call whose TURN server dies: both sides notice, or go on over another path.',
  guardsAgainst: 'calls that seem to be up when they are not, and calls given up that could have gone on',
  roles: ['caller', 'callee'],
  levels: ['lab', 'loopback'],
  network: { caller: {}, callee: {} },
  variants: {
    axis: 'case',
    cases: {
      'relay-udp': { summary: 'TURN over UDP', ice: { servers: ['turn-udp'], policy: 'relay' } },
      'relay-tcp': { summary: 'TURN over TCP', ice: { servers: ['turn-tcp'], policy: 'relay' } },
      'other-path': {
        summary: 'a firewall opens',
        network: firewalled,
        ice: { servers: ['turn-tcp'] },
        needs: 'lab',
      },
    },
  },
  duration: '4s',
  thresholds: {
    connection_success: ['rate==1'],
    checks: ['rate==1'],
    // Consent is lost after 30 s (RFC 7675 §5.1). Over TCP Firefox 153 waits that long, Chromium 156 no second.
    failure_ms: ['p(95)<45000'],
  },
  async script({ caller, callee, peers, variant, network, turn, step, hold, check, measure }) {
    await step('join', () => Promise.all([caller.join(), callee.join()]));
    await step('media', () => Promise.all([caller.openMedia(), callee.openMedia()]));
    await step('connect', () => caller.call(callee));
    await step('first media', () => Promise.all([caller.receiveMedia(), callee.receiveMedia()]));
    const seen = await step('hold', () => hold());
    for (const peer of peers) check(...(await callFacts(peer, seen[peer.role as 'caller' | 'callee'])));
    check(...(await pathFacts(caller, callee, PATHS.relay, turn)));
    await Promise.all(peers.map((peer) => peer.startFrameClock()));
    if (variant === 'other-path') await network.firewall(caller, 'none');
    const sinceMs = await turn.stop();
    if (variant === 'other-path') {
      measure('ice_restart_ms', await step('restart', () => caller.restartIce(callee)));
    } else {
      const notice = () =>
        Promise.all(peers.map((peer) => peer.waitFor('disconnected', { timeoutMs: 45_000 })));
      const noticed = await step('notice', notice);
      for (const [index, peer] of peers.entries()) measure('failure_ms', noticed[index]! - sinceMs, peer);
    }
    await step('after', () => hold('4s'));
    if (variant === 'other-path') check(...(await pathFacts(caller, callee, PATHS.direct)));
    const facts = variant === 'other-path' ? gapFacts : silenceFacts;
    for (const peer of peers) check(...facts(peer, await peer.frameGaps({ sinceMs, longerThanMs: 500 })));
  },
});
