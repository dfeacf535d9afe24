import { expect } from 'vitest';
import { defineScenario } from '../../harness/index.ts';
import port443Only from '../../scenarios/port-443-only.ts';
import { labTest } from '../helpers/lab.ts';
import { failedChecks, tryScenario, whyNotPassed } from '../helpers/try-scenario.ts';

/** The scenario without the firewall. */
const open = defineScenario({
  ...port443Only,
  variants: {
    axis: 'network',
    cases: {
      ...port443Only.variants!.cases,
      caller: { summary: 'nothing forbidden', network: { caller: 'home', callee: 'home' } },
    },
  },
});

labTest('port-443-only passes', async () => {
  await using run = await tryScenario(port443Only, {
    pairs: ['chrome:firefox'],
    only: ['open', 'both-sides'],
  });
  expect(whyNotPassed(run)).toEqual([]);
});

labTest('port-443-only fails if the firewall lets UDP through', async () => {
  await using run = await tryScenario(open, { pairs: ['chrome:firefox'], only: ['caller'] });
  expect(run.result.status).toBe('failed');
  expect(await failedChecks(run)).toEqual(['the path is relay', 'its own candidate is relayed']);
});
