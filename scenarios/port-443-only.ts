import { callFacts, defineScenario, pathFacts, relayFacts, type SiteSpec } from '../harness/index.ts';

/** Lines of 10 ms each way, so that what a firewall costs is not hidden by differences between networks. */
const link = { uplink: { delay: '10ms' }, downlink: { delay: '10ms' } } as const;
const home = { link } as const satisfies SiteSpec;
const closed = { firewall: 'only-443', link } as const satisfies SiteSpec;

/** Who is behind a firewall. */
const CLOSED_IN: Record<string, readonly string[]> = {
  caller: ['caller'],
  callee: ['callee'],
  'both-sides': ['caller', 'callee'],
  hotel: ['caller'],
};

/**
 * A call from or to networks that let nothing out but TCP to port 443: whoever is behind one has a relay of its own,
 * reached over TLS.
 *
 * Guards against calls that fail, or take very long, where only the web is meant to work.
 */
export default defineScenario({
  name: 'port-443-only',
  summary: 'A call from networks that let nothing out but TCP to port 443, relayed by TURN over TLS.',
  guardsAgainst: 'calls that fail, or take very long, where only the web is meant to work',
  roles: ['caller', 'callee'],
  ice: { servers: ['stun', 'turn-udp', 'turn-tcp', 'turn-tls'] },
  variants: {
    axis: 'network',
    baseline: 'open',
    cases: {
      open: { summary: 'nothing forbidden', network: { caller: home, callee: home } },
      caller: { summary: "only 443 at the caller's", network: { caller: closed, callee: home } },
      callee: { summary: "only 443 at the callee's", network: { caller: home, callee: closed } },
      'both-sides': { summary: 'only 443 at both', network: { caller: closed, callee: closed } },
      hotel: { summary: 'a hotel calls a home', network: { caller: 'hotel-443', callee: home } },
    },
  },
  duration: '3s',
  thresholds: {
    connection_success: ['rate==1'],
    checks: ['rate==1'],
    // Some ten times of what it takes on a quiet machine, and far from the time-out of 30 s.
    connect_ms: ['p(95)<8000'],
    turn_allocate_ms: ['p(95)<5000'],
  },
  async script({ caller, callee, peers, variant, turn, step, hold, check }) {
    await step('join', () => Promise.all([caller.join(), callee.join()]));
    await step('media', () => Promise.all([caller.openMedia(), callee.openMedia()]));
    await step('connect', () => caller.call(callee));
    await step('first media', () => Promise.all([caller.receiveMedia(), callee.receiveMedia()]));
    const seen = await step('hold', () => hold());
    for (const peer of peers) check(...(await callFacts(peer, seen[peer.role as 'caller' | 'callee'])));
    check(...(await pathFacts(caller, callee, { type: variant === 'open' ? 'direct' : 'relay' }, turn)));
    const behind = peers.filter(({ role }) => CLOSED_IN[variant]?.includes(role));
    for (const peer of behind) check(...(await relayFacts(peer, ['tls'], turn)));
    await step('hang-up', () => caller.hangUp());
  },
});
