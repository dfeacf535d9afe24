import { callFacts, defineScenario, hangUpFacts } from '../harness/index.ts';

/**
 * A caller and a callee hold a call for long: nothing that should stand still may grow, and media must not fade.
 *
 * Guards against leaks that only hours show: memory, candidate pairs, streams, and a call that gets worse with its age.
 */
export default defineScenario({
  name: 'soak',
  summary: 'A long call: nothing that should stand still may grow. `--duration 30m` and more tell more.',
  guardsAgainst:
    'leaks that only hours show: memory, candidate pairs, streams, and a call that gets worse with its age',
  roles: ['caller', 'callee'],
  duration: '3m',
  thresholds: {
    connection_success: ['rate==1'],
    checks: ['rate==1'],
    memory_growth_bytes_per_min: ['max<10000000'],
    heap_growth_bytes_per_min: ['max<2000000'],
    stats_growth_per_min: ['max<1'],
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
