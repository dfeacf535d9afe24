import { expect } from 'vitest';
import { defineScenario } from '../../harness/index.ts';
import udpBlocked from '../../scenarios/udp-blocked.ts';
import { labTest } from '../helpers/lab.ts';
import { failedChecks, tryScenario, whyNotPassed } from '../helpers/try-scenario.ts';

/** The scenario without the firewall. */
const open = defineScenario({
  ...udpBlocked,
  variants: {
    axis: 'network',
    cases: {
      ...udpBlocked.variants!.cases,
      caller: { summary: 'nothing forbidden', network: { caller: 'home', callee: 'home' } },
    },
  },
});

labTest('udp-blocked passes', async () => {
  await using run = await tryScenario(udpBlocked, {
    pairs: ['firefox:chrome'],
    only: ['open', 'both-sides'],
  });
  expect(whyNotPassed(run)).toEqual([]);
});

labTest('udp-blocked fails if the firewall lets UDP through', async () => {
  await using run = await tryScenario(open, { pairs: ['chrome:firefox'], only: ['caller'] });
  expect(run.result.status).toBe('failed');
  expect(await failedChecks(run)).toEqual(['the path is relay', 'its own candidate is relayed']);
});
