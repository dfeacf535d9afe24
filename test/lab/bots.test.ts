import { expect, test } from 'vitest';
import natMatrix from '../../scenarios/nat-matrix.ts';
import { tryScenario, whyNotPassed } from '../helpers/try-scenario.ts';

test('nat-matrix passes between two bots in the lab: directly where it can, relayed where it must', async () => {
  const only = ['bot:bot/restricted-to-restricted', 'bot:bot/symmetric-to-symmetric'];
  await using run = await tryScenario(natMatrix, { pairs: ['bot:bot'], only, options: { durationMs: 1000 } });
  expect(whyNotPassed(run)).toEqual([]);
  expect(run.result.checks).toMatchObject({ failed: 0, inconclusive: 0 });
  expect(run.result.calls).toHaveLength(2);
});
