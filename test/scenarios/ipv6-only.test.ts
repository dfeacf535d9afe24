import { expect } from 'vitest';
import { defineScenario } from '../../harness/index.ts';
import ipv6Only from '../../scenarios/ipv6-only.ts';
import { labTest } from '../helpers/lab.ts';
import { failedChecks, tryScenario, whyNotPassed } from '../helpers/try-scenario.ts';

/** The scenario in networks that have no IPv6. */
const ipv4 = defineScenario({
  ...ipv6Only,
  variants: {
    axis: 'network',
    cases: {
      ...ipv6Only.variants!.cases,
      ipv6: { summary: 'only IPv4', network: { caller: { nat: 'none' }, callee: { nat: 'none' } } },
    },
  },
});

labTest('ipv6-only passes', async () => {
  await using run = await tryScenario(ipv6Only, {
    pairs: ['chrome:firefox'],
    only: ['ipv6', 'dual-stack'],
  });
  expect(whyNotPassed(run)).toEqual([]);
});

labTest('ipv6-only fails if the call goes over IPv4', async () => {
  await using run = await tryScenario(ipv4, { pairs: ['firefox:chrome'], only: ['ipv6'] });
  expect(run.result.status).toBe('failed');
  expect(await failedChecks(run)).toEqual(['the path is IPv6', 'the path is IPv6']);
});
