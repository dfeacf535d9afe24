import { callFacts, defineScenario, PATHS, pathFacts, type SiteSpec } from '../harness/index.ts';

/** A home on a line of 10 ms each way, so that all paths cross the same distance. */
const line = { uplink: { delay: '10ms' }, downlink: { delay: '10ms' } } as const;
const home = { nat: 'port-restricted', link: line } as const satisfies SiteSpec;
const both = (site: SiteSpec) => ({ caller: { ...home, ...site }, callee: { ...home, ...site } });
const everything = ['stun', 'turn-udp', 'turn-tcp', 'turn-tls'] as const;
/** What each variant must have taken: `udp-blocked` may take TCP or TLS, whichever is there first. */
const TAKEN = {
  ...PATHS,
  direct: PATHS.host,
  'udp-blocked': PATHS.relay,
  'port-443-only': PATHS['relay-tls'],
  symmetric: PATHS.relay,
};

/**
 * The same call over every path there is: direct, through NATs by STUN, and relayed by TURN over UDP, TCP and TLS; in the
 * lab also over what is left when a network forbids the others.
 *
 * Guards against a fallback that does not work, or costs more than anybody knows.
 */
export default defineScenario({
  name: 'turn-fallback',
  summary: 'The same call directly, through NATs, and relayed by TURN over UDP, TCP and TLS.',
  guardsAgainst: 'a fallback that does not work, or costs more than anybody knows',
  roles: ['caller', 'callee'],
  levels: ['lab', 'loopback'],
  network: both({}),
  ice: { servers: everything },
  variants: {
    axis: 'path',
    baseline: 'direct',
    cases: {
      direct: { summary: 'host candidates', network: both({ nat: 'none' }), ice: { servers: [] } },
      srflx: { summary: 'through NATs by STUN', ice: { servers: ['stun'] }, needs: 'lab' },
      'relay-udp': { summary: 'TURN over UDP, forced', ice: { servers: ['turn-udp'], policy: 'relay' } },
      'relay-tcp': { summary: 'TURN over TCP, forced', ice: { servers: ['turn-tcp'], policy: 'relay' } },
      'relay-tls': { summary: 'TURN over TLS, forced', ice: { servers: ['turn-tls'], policy: 'relay' } },
      'udp-blocked': { summary: 'UDP blocked', network: both({ firewall: 'udp-blocked' }), needs: 'lab' },
      'port-443-only': {
        summary: 'only TCP 443 open',
        network: both({ firewall: 'only-443' }),
        needs: 'lab',
      },
      symmetric: { summary: 'symmetric NATs', network: both({ nat: 'symmetric' }), needs: 'lab' },
    },
  },
  duration: '4s',
  iterations: 5,
  thresholds: {
    connection_success: ['rate==1'],
    checks: ['rate==1'],
  },
  async script({ caller, callee, peers, variant, turn, step, hold, check }) {
    await step('join', () => Promise.all([caller.join(), callee.join()]));
    await step('media', () => Promise.all([caller.openMedia(), callee.openMedia()]));
    await step('connect', () => caller.call(callee));
    await step('first media', () => Promise.all([caller.receiveMedia(), callee.receiveMedia()]));
    const seen = await step('hold', () => hold());
    for (const peer of peers) check(...(await callFacts(peer, seen[peer.role as 'caller' | 'callee'])));
    check(...(await pathFacts(caller, callee, TAKEN[variant], turn)));
    await step('hang-up', () => caller.hangUp());
  },
});
