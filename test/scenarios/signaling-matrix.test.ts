import { expect, test } from 'vitest';
import signalingMatrix from '../../scenarios/signaling-matrix.ts';
import { failedChecks, tryScenario, whyNotPassed } from '../helpers/try-scenario.ts';
import { warmBrowsers } from '../helpers/warm-browsers.ts';

const browsers = warmBrowsers();
const SHORT = { durationMs: 2000 };

test('signaling-matrix passes over every carrier, and compares what each takes', async () => {
  await using run = await tryScenario(signalingMatrix, {
    pairs: ['chrome:firefox'],
    browsers,
    options: SHORT,
  });
  expect(whyNotPassed(run)).toEqual([]);
  expect(await failedChecks(run)).toEqual([]);
  const { comparison } = run.result;
  const rows = comparison!.rows.filter(({ pair }) => pair === undefined);
  expect(rows.map(({ variant, connected }) => [variant, connected])).toEqual([
    ['ws', 1],
    ['socketio', 1],
    ['sse', 1],
    ['long-poll', 1],
    ['whip', 1],
    ['whep', 1],
  ]);
});

test.for(['sse', 'whip'])(
  'signaling-matrix fails in the signaling if an answer over %s is lost',
  async (transport) => {
    await using run = await tryScenario(signalingMatrix, {
      pairs: ['chrome:chrome'],
      only: [transport],
      browsers,
      options: { ...SHORT, callTimeoutMs: 6000 },
      intercept: (message) =>
        message.kind === 'description' && message.payload.type === 'answer' ? undefined : message,
    });
    expect(run.result.status).toBe('failed');
    expect(run.result.calls[0]).toMatchObject({ status: 'failed', phase: 'signaling' });
  },
);
