import { expect, test } from 'vitest';
import p2pCall from '../../../scenarios/p2p-call.ts';
import { tryScenario, whyNotPassed } from '../../helpers/try-scenario.ts';

test('p2p-call passes between a browser and a bot of each engine, and all of the browser is checked', async () => {
  const pairs = ['chrome:bot', 'bot:firefox', 'chrome:werift', 'wrtc:chrome'];
  await using run = await tryScenario(p2pCall, { pairs });
  expect(whyNotPassed(run)).toEqual([]);
  expect(run.result.checks).toMatchObject({ failed: 0, inconclusive: 0 });
  const checks = (cell: number, role: string) =>
    run.result.calls[cell]!.checks.filter((check) => check.role === role).map(({ name }) => name);
  expect(checks(0, 'caller')).toEqual(expect.arrayContaining(['audio is heard', 'video frames change']));
  expect(checks(0, 'callee')).toEqual(
    expect.arrayContaining(['audio packets arrive', 'video frames arrive whole']),
  );
  expect(checks(0, 'callee')).not.toContain('video frames change');
});
