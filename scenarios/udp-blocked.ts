import { callFacts, defineScenario, pathFacts, relayFacts, type SiteSpec } from '../harness/index.ts';

/** Lines of 10 ms each way, so that what a firewall costs is not hidden by differences between networks. */
const link = { uplink: { delay: '10ms' }, downlink: { delay: '10ms' } } as const;
const home = { link } as const satisfies SiteSpec;
const blocked = { firewall: 'udp-blocked', link } as const satisfies SiteSpec;
const rejected = { firewall: 'udp-rejected', link } as const satisfies SiteSpec;

/** Whose firewall forbids UDP. */
const BLOCKED: Record<string, readonly string[]> = {
  caller: ['caller'],
  callee: ['callee'],
  'both-sides': ['caller', 'callee'],
  rejected: ['caller', 'callee'],
  corporate: ['caller'],
};

/**
 * A call from or to networks whose firewall lets no UDP out: whoever is behind one has a relay of its own, reached over TCP
 * or TLS, whichever answers first.
 *
 * Guards against calls that fail, or take very long, in companies that forbid UDP.
 */
export default defineScenario({
  name: 'udp-blocked',
  summary: 'A call from networks that let no UDP out, relayed by TURN over TCP or TLS.',
  guardsAgainst: 'calls that fail, or take very long, in companies that forbid UDP',
  roles: ['caller', 'callee'],
  ice: { servers: ['stun', 'turn-udp', 'turn-tcp', 'turn-tls'] },
  variants: {
    axis: 'network',
    baseline: 'open',
    cases: {
      open: { summary: 'nothing forbidden', network: { caller: home, callee: home } },
      caller: { summary: "UDP dropped at the caller's", network: { caller: blocked, callee: home } },
      callee: { summary: "UDP dropped at the callee's", network: { caller: home, callee: blocked } },
      'both-sides': { summary: 'UDP dropped at both', network: { caller: blocked, callee: blocked } },
      rejected: { summary: 'UDP refused at both', network: { caller: rejected, callee: rejected } },
      corporate: { summary: 'a company calls a home', network: { caller: 'corporate', callee: home } },
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
    const behind = peers.filter(({ role }) => BLOCKED[variant]?.includes(role));
    for (const peer of behind) check(...(await relayFacts(peer, ['tcp', 'tls'], turn)));
    await step('hang-up', () => caller.hangUp());
  },
});
