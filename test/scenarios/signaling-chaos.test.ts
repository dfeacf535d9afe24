import { expect, test } from 'vitest';
import signalingChaos from '../../scenarios/signaling-chaos.ts';
import { failedChecks, tryScenario, whyNotPassed } from '../helpers/try-scenario.ts';
import { warmBrowsers } from '../helpers/warm-browsers.ts';

const browsers = warmBrowsers();
const options = { durationMs: 2000 };

test('signaling-chaos passes where a call is to survive the fault', async () => {
  const only = ['delay', 'jitter', 'duplicate', 'reorder', 'disconnect', 'restart'];
  await using run = await tryScenario(signalingChaos, { pairs: ['firefox:chrome'], browsers, options, only });
  expect(whyNotPassed(run)).toEqual([]);
});

test('signaling-chaos passes where a call cannot survive the fault, as it fails where it must', async () => {
  const only = ['drop-offer', 'corrupt'];
  await using run = await tryScenario(signalingChaos, { pairs: ['firefox:chrome'], browsers, options, only });
  expect(whyNotPassed(run)).toEqual([]);
});

test('signaling-chaos passes if answers or candidates are lost, as the calls fail where they must', async () => {
  const only = ['drop-answer', 'drop-candidates'];
  await using run = await tryScenario(signalingChaos, { pairs: ['chrome:firefox'], browsers, options, only });
  expect(whyNotPassed(run)).toEqual([]);
});

test('signaling-chaos fails if the faults do not happen', async () => {
  const { variants } = signalingChaos;
  const { corrupt, delay } = variants!.cases;
  const harmless = { corrupt: { summary: corrupt.summary }, delay: { summary: delay.summary } };
  const cases = { ...variants!.cases, ...harmless };
  const scenario = { ...signalingChaos, variants: { ...variants!, cases } };
  const only = ['corrupt', 'delay'];
  await using run = await tryScenario(scenario, { pairs: ['chrome:chrome'], browsers, options, only });
  expect(run.result.status).toBe('failed');
  const failed = (await failedChecks(run)).toSorted();
  expect(failed).toEqual(['messages are hit', 'messages are hit', 'the call fails']);
});
