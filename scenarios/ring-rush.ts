import { callFacts, defineScenario, hangUpFacts } from '../harness/index.ts';

/**
 * Short calls come at a steady rate, whether those before them are over or not: whoever is free takes the next one.
 *
 * Guards against a service that answers one call in time, but not the next when they come faster than they end.
 */
export default defineScenario({
  name: 'ring-rush',
  summary: 'Short calls come at a steady rate, whether those before them are over or not.',
  guardsAgainst:
    'a service that answers one call in time, but not the next when they come faster than they end',
  roles: ['caller', 'callee'],
  offers: 'once',
  unseen: true,
  duration: '2s',
  load: {
    executor: 'constant-arrival-rate',
    rate: 20,
    timeUnit: '1m',
    duration: '30s',
    preAllocatedVUs: 4,
    maxVUs: 12,
  },
  thresholds: {
    call_success: ['rate>=0.99'],
    connect_ms: ['p(95)<3000'],
    dropped_iterations: ['count<1'],
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
