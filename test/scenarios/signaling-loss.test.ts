import { expect, test } from 'vitest';
import { defineScenario, type ScriptContext } from '../../harness/index.ts';
import signalingLoss from '../../scenarios/signaling-loss.ts';
import { failedChecks, tryScenario, whyNotPassed } from '../helpers/try-scenario.ts';
import { warmBrowsers } from '../helpers/warm-browsers.ts';

const browsers = warmBrowsers();

type Context = ScriptContext<'caller' | 'callee'>;

/** The scenario with another signaling than it believes to have. */
const withCut = (cut: (context: Context) => Promise<number>) =>
  defineScenario({
    ...signalingLoss,
    script: (context) =>
      signalingLoss.script({ ...context, signaling: { ...context.signaling, cut: () => cut(context) } }),
  });

test('signaling-loss passes', async () => {
  await using run = await tryScenario(signalingLoss, {
    pairs: ['chrome:firefox'],
    browsers,
  });
  expect(whyNotPassed(run)).toEqual([]);
});

test('signaling-loss fails if the signaling was never gone', async () => {
  const untouched = withCut(() => Promise.resolve(performance.timeOrigin + performance.now()));
  await using run = await tryScenario(untouched, { pairs: ['chrome:firefox'], browsers });
  expect(run.result.status).toBe('failed');
  expect(await failedChecks(run)).toEqual(['its signaling is gone', 'its signaling is gone']);
});

test('signaling-loss fails if a call ends with its signaling', async () => {
  const ending = withCut(async ({ signaling, caller }) => {
    const cutMs = await signaling.cut();
    await caller.hangUp();
    return cutMs;
  });
  await using run = await tryScenario(ending, { pairs: ['firefox:chrome'], browsers });
  expect(run.result.status).toBe('failed');
  expect(await failedChecks(run)).toContain('video plays on');
});
