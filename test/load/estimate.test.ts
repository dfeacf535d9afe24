import { expect, test } from 'vitest';
import { estimateRate, rateWarnings } from '../../harness/load/estimate.ts';
import type { PlannedLoad } from '../../harness/load/load.ts';

const common = { startTimeMs: 0, gracefulStopMs: 0, tags: {}, cells: [] };

function rate(perSecond: number, maxVus: number, durationMs = 60_000): PlannedLoad {
  const vus = { timeUnitMs: 1000, preAllocatedVus: 1, maxVus };
  return { ...common, ...vus, name: 'rush', executor: 'constant-arrival-rate', rate: perSecond, durationMs };
}

test('estimateRate() is undefined if there are as many VUs as calls that overlap', () => {
  expect(estimateRate(rate(5, 50), 10_000)).toBeUndefined();
  expect(estimateRate(rate(5, 49), 10_000)?.neededVus).toBe(50);
});

test('estimateRate() is undefined for loads whose calls wait for VUs', () => {
  const closed: PlannedLoad = {
    ...common,
    name: 'steady',
    executor: 'constant-vus',
    vus: 1,
    durationMs: 60_000,
  };
  expect(estimateRate(closed, 10_000)).toBeUndefined();
});

test('estimateRate() comes to what is left over of the rate that the VUs can hold', () => {
  const { droppedRatio, neededVus } = estimateRate(rate(5, 20, 600_000), 10_000)!;
  expect(neededVus).toBe(50);
  expect(droppedRatio).toBeCloseTo(0.6, 1);
});

test('estimateRate() needs no more VUs than there are calls in a short load', () => {
  expect(estimateRate(rate(5, 4, 1000), 10_000)).toEqual({ neededVus: 5, droppedRatio: 1 / 5 });
});

test('estimateRate() looks at a ramp stage by stage', () => {
  const ramp: PlannedLoad = {
    ...common,
    name: 'ramp',
    executor: 'ramping-arrival-rate',
    startRate: 1,
    timeUnitMs: 1000,
    preAllocatedVus: 10,
    maxVus: 10,
    stages: [
      { durationMs: 60_000, target: 1 },
      { durationMs: 0, target: 20 },
      { durationMs: 60_000, target: 20 },
    ],
  };
  const { neededVus, droppedRatio } = estimateRate(ramp, 1000)!;
  expect(neededVus).toBe(20);
  // Half of the fast stage's calls, and none of the slow one's.
  expect(droppedRatio).toBeCloseTo(600 / 1260, 1);
});

test('rateWarnings() says of each load what it needs and what it gets', () => {
  expect(rateWarnings([rate(5, 20, 600_000), rate(1, 20)], 10_000)).toEqual([
    'load rush, 5 calls a second for 10m, at most 20 VUs: calls held for 10s need at least 50 VUs; about 60 % of them will be dropped',
  ]);
});
