import { expect, test } from 'vitest';
import { backoffDelayMs } from '../../../signaling-stub/client/backoff.ts';

const BACKOFF = { baseMs: 100, maxMs: 1000 };

test('backoffDelayMs() doubles up to its bound', () => {
  const delays = [0, 1, 2, 3, 4, 50].map((attempt) => backoffDelayMs(attempt, BACKOFF, () => 1));
  expect(delays).toEqual([100, 200, 400, 800, 1000, 1000]);
});

test('backoffDelayMs() leaves the upper half to chance', () => {
  expect([0, 0.5, 1].map((random) => backoffDelayMs(2, BACKOFF, () => random))).toEqual([200, 300, 400]);
});
