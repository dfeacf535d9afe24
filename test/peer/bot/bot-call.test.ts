import { expect, test } from 'vitest';
import p2pCall from '../../../scenarios/p2p-call.ts';
import { tryScenario, whyNotPassed } from '../../helpers/try-scenario.ts';

test('p2p-call passes between two bots, without a browser', async () => {
  await using run = await tryScenario(p2pCall, { pairs: ['bot:bot'] });
  expect(whyNotPassed(run)).toEqual([]);
  expect(run.result).toMatchObject({ status: 'passed', checks: { failed: 0, inconclusive: 0 } });
  const { caller } = run.result.calls[0]!.peers;
  expect(caller?.metrics).toMatchObject({ fps_sent: expect.any(Number) });
});
