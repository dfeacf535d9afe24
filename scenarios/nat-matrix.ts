import { callFacts, defineScenario, expectedRoute, type NatName, pathFacts } from '../harness/index.ts';

const NATS = ['full-cone', 'restricted', 'port-restricted', 'symmetric'] as const satisfies NatName[];

/** Far enough for signaling to be ahead of the packets that it tells of. */
const link = { uplink: { delay: '20ms' }, downlink: { delay: '20ms' } } as const;

/** Each two NATs once: with both orders of a pair of browsers, either browser is behind either of them. */
const CASES = NATS.flatMap((caller, index) =>
  NATS.slice(index).map((callee) => ({
    name: `${caller}-to-${callee}`,
    network: { caller: { nat: caller, link }, callee: { nat: callee, link } },
    route: expectedRoute(caller, callee),
  })),
);
const ROUTES: Record<string, 'direct' | 'relay'> = Object.fromEntries(
  CASES.map(({ name, route }) => [name, route]),
);

/**
 * A call between every two kinds of NAT takes the way that RFC 4787 foretells: directly wherever a packet of either side
 * can get through, over the TURN server where none can.
 *
 * Guards against calls that are relayed without need, or are not up at all, as hole punching fails.
 */
export default defineScenario({
  name: 'nat-matrix',
  summary: 'A call between every two kinds of NAT, direct or relayed as RFC 4787 foretells.',
  guardsAgainst: 'calls that are relayed without need, or are not up at all, as hole punching fails',
  roles: ['caller', 'callee'],
  ice: { servers: ['stun', 'turn-udp'] },
  variants: {
    axis: 'nat',
    cases: Object.fromEntries(
      CASES.map(({ name, network, route }) => [name, { summary: `must be ${route}`, network }]),
    ),
  },
  duration: '2s',
  thresholds: {
    connection_success: ['rate==1'],
    checks: ['rate==1'],
  },
  async script({ caller, callee, peers, variant, turn, step, hold, check }) {
    await step('join', () => Promise.all([caller.join(), callee.join()]));
    await step('media', () => Promise.all(peers.map((peer) => peer.openMedia({ video: false }))));
    await step('connect', () => caller.call(callee));
    await step('first media', () => Promise.all([caller.receiveMedia(), callee.receiveMedia()]));
    const seen = await step('hold', () => hold());
    for (const peer of peers) {
      const observed = seen[peer.role as 'caller' | 'callee'];
      check(...(await callFacts(peer, observed, { receives: { video: false } })));
    }
    check(...(await pathFacts(caller, callee, { type: ROUTES[variant]! }, turn)));
    await step('hang-up', () => caller.hangUp());
  },
});
