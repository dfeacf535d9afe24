import { describe, expect, test } from 'vitest';
import { createRandom } from '../../harness/random.ts';
import {
  distributionOf,
  medianInterval,
  medianOf,
  percentileOf,
} from '../../harness/metrics/distribution.ts';

const alone = (values: readonly number[]) => values.map((value) => [value]);

describe('percentileOf()', () => {
  test.for([
    [[7], 95, 7],
    [[1, 2, 3, 4], 50, 2.5],
    [[10, 20, 30, 40, 50], 95, 48],
    [[10, 20, 30, 40, 50], 0, 10],
    [[10, 20, 30, 40, 50], 100, 50],
  ] as const)('of %o, p(%d) is %d, worked out by hand', ([values, percentile, expected]) => {
    expect(percentileOf(values, percentile)).toBeCloseTo(expected, 9);
  });
});

test('medianOf() sorts, and is undefined of nothing', () => {
  expect(medianOf([9, 1, 5])).toBe(5);
  expect(medianOf([10, 9, 100, 1])).toBe(9.5);
  expect(medianOf([])).toBeUndefined();
});

describe('distributionOf()', () => {
  test('says what was worked out by hand', () => {
    const calls = [[400, 100], [300], [200]];
    expect(distributionOf({ calls, unit: 'ms', seed: 1 })).toEqual({
      unit: 'ms',
      samples: 4,
      p50: 250,
      p95: 385,
      min: 100,
      max: 400,
      values: [100, 200, 300, 400],
    });
  });

  test('is undefined if nothing was measured', () => {
    expect(distributionOf({ calls: [[], []], unit: 'ms', seed: 1 })).toBeUndefined();
  });

  test('has no interval if fewer than five calls were measured, however many peers they had', () => {
    const four = [[1, 2, 3], [4, 5, 6], [7, 8], [9, 10], []];
    expect(distributionOf({ calls: four, unit: 'ms', seed: 1 })).not.toHaveProperty('ci');
    expect(distributionOf({ calls: [...four, [11]], unit: 'ms', seed: 1 })).toHaveProperty('ci');
  });

  test('keeps at most 200 values with the first and the last, evenly picked', () => {
    const calls = alone(Array.from({ length: 1000 }, (_, n) => n));
    const { values, samples } = distributionOf({ calls, unit: 'ms', seed: 1 })!;
    expect([values.length, values[0], values.at(-1), samples]).toEqual([200, 0, 999, 1000]);
    const steps = values.slice(1).map((value, n) => value - values[n]!);
    expect([Math.min(...steps), Math.max(...steps)]).toEqual([5, 6]);
  });
});

describe('medianInterval()', () => {
  const calls = alone([12, 15, 11, 90, 14, 13, 18, 16, 17]);

  test('is the same for the same seed, in whatever order the calls were', () => {
    expect(medianInterval(calls, 7)).toEqual(medianInterval(calls, 7));
    expect(medianInterval(calls, 7)![0]).toBeLessThanOrEqual(15);
    expect(medianInterval(calls, 7)![1]).toBeGreaterThanOrEqual(15);
  });

  test('is a point if all values are one', () => {
    expect(medianInterval(alone([5, 5, 5, 5, 5]), 1)).toEqual([5, 5]);
  });

  test('is wider if the peers of each call agree than if as many calls had one peer each', () => {
    const twice = calls.map(([value]) => [value!, value!]);
    const width = (of: number[][]) => {
      const [low, high] = medianInterval(of, 3)!;
      return high - low;
    };
    expect(width(twice)).toBe(width(calls));
    expect(width(twice)).toBeGreaterThan(width(twice.flat().map((value) => [value])));
  });

  test('covers the median of a known distribution about 95 times in 100', () => {
    const random = createRandom(20300101);
    const exponential = () => -100 * Math.log(1 - random());
    const median = 100 * Math.LN2;
    const trials = 400;
    let covered = 0;
    for (let trial = 0; trial < trials; trial++) {
      const [low, high] = medianInterval(alone(Array.from({ length: 51 }, exponential)), trial)!;
      if (low <= median && median <= high) covered++;
    }
    // Two standard errors of 400 trials are 2.2 points.
    expect(covered / trials).toBeGreaterThan(0.92);
    expect(covered / trials).toBeLessThan(0.98);
  });
});
