import { callFacts, defineScenario, hangUpFacts } from '../harness/index.ts';

/**
 * The same call with its signaling carried by WebSocket, by Socket.IO, by HTTP in two ways, and offered by WHIP and WHEP;
 * compared is what each takes from offer to answer.
 *
 * Guards against a call that depends on what carries its signaling, and against a carrier that nobody knows the price of.
 */
export default defineScenario({
  name: 'signaling-matrix',
  summary: 'The same call with its signaling carried by WebSocket, Socket.IO, HTTP, WHIP and WHEP.',
  guardsAgainst: 'a call that depends on what carries its signaling, or pays for it unseen',
  roles: ['caller', 'callee'],
  offers: 'once',
  variants: {
    axis: 'signaling',
    baseline: 'ws',
    cases: {
      ws: { summary: 'WebSocket', signaling: { transport: 'ws' } },
      socketio: { summary: 'Socket.IO', signaling: { transport: 'socketio' } },
      sse: { summary: 'HTTP, server-sent events down', signaling: { transport: 'sse' } },
      'long-poll': { summary: 'HTTP long polling', signaling: { transport: 'long-poll' } },
      whip: { summary: 'offered by WHIP', signaling: { transport: 'whip' } },
      whep: { summary: 'offered by WHEP', signaling: { transport: 'whep' } },
    },
  },
  duration: '2s',
  iterations: 3,
  thresholds: {
    connection_success: ['rate==1'],
    checks: ['rate==1'],
  },
  async script({ caller, callee, peers, step, hold, check }) {
    await step('join', () => Promise.all([caller.join(), callee.join()]));
    await step('media', () => Promise.all([caller.openMedia(), callee.openMedia()]));
    await step('connect', () => caller.call(callee));
    await step('first media', () => Promise.all([caller.receiveMedia(), callee.receiveMedia()]));
    const seen = await step('hold', () => hold());
    for (const peer of peers) check(...(await callFacts(peer, seen[peer.role as 'caller' | 'callee'])));
    await step('hang-up', () => caller.hangUp());
    for (const peer of peers) check(...(await hangUpFacts(peer)));
  },
});
