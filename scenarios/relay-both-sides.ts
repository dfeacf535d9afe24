import { callFacts, defineScenario, pathFacts, PATHS } from '../harness/index.ts';

/**
 * A call in which each side has a relay of its own, because ICE is told so or because both networks leave nothing else:
 * media crosses the TURN server twice.
 *
 * Guards against two relays that do not let each other in.
 */
export default defineScenario({
  name: 'relay-both-sides',
  summary: 'A call that crosses the TURN server twice, as each side has a relay of its own.',
  guardsAgainst: 'two relays that do not let each other in',
  roles: ['caller', 'callee'],
  levels: ['lab', 'loopback'],
  network: { caller: {}, callee: {} },
  ice: { servers: ['turn-udp', 'turn-tcp', 'turn-tls'] },
  variants: {
    axis: 'network',
    cases: {
      forced: { summary: 'only relays allowed', ice: { servers: ['turn-udp'], policy: 'relay' } },
      companies: {
        summary: 'two companies without UDP',
        network: { caller: 'corporate', callee: 'corporate' },
        needs: 'lab',
      },
      hotels: {
        summary: 'two hotels with only TCP 443',
        network: { caller: 'hotel-443', callee: 'hotel-443' },
        needs: 'lab',
      },
      mixed: {
        summary: 'a company calls a hotel',
        network: { caller: 'corporate', callee: 'hotel-443' },
        needs: 'lab',
      },
    },
  },
  duration: '3s',
  thresholds: {
    connection_success: ['rate==1'],
    checks: ['rate==1'],
    connect_ms: ['p(95)<8000'],
  },
  async script({ caller, callee, peers, turn, step, hold, check }) {
    await step('join', () => Promise.all([caller.join(), callee.join()]));
    await step('media', () => Promise.all([caller.openMedia(), callee.openMedia()]));
    await step('connect', () => caller.call(callee));
    await step('first media', () => Promise.all([caller.receiveMedia(), callee.receiveMedia()]));
    const seen = await step('hold', () => hold());
    for (const peer of peers) check(...(await callFacts(peer, seen[peer.role as 'caller' | 'callee'])));
    check(...(await pathFacts(caller, callee, PATHS['relay-both-sides'], turn)));
    await step('hang-up', () => caller.hangUp());
  },
});
