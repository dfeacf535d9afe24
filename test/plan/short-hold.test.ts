import { expect, test } from 'vitest';
import type { RunOptions } from '../../harness/plan/plan.ts';
import { shortHoldWarnings } from '../../harness/plan/short-hold.ts';

const warned = (durationMs: number, statsIntervalMs: number) =>
  shortHoldWarnings({ durationMs, statsIntervalMs } as RunOptions);

test('shortHoldWarnings() says what would be long enough if a hold is shorter than two samples', () => {
  expect(warned(1000, 1000)).toEqual([
    'calls are held for 1s and sampled every 1s: that may be too little to judge them by (--stats-interval 250ms)',
  ]);
});

test('shortHoldWarnings() says nothing of holds of two samples', () => {
  expect(warned(2000, 1000)).toEqual([]);
});
