import { expect, test } from 'vitest';
import { Growth } from '../../harness/metrics/growth.ts';
import { createRandom } from '../../harness/random.ts';

const MINUTES = 10;
const HOLD = { startMs: 1e12, endMs: 1e12 + MINUTES * 60_000 };

/** What `valueAt` is each second of ten minutes. */
function growthOf(valueAt: (minute: number) => number | undefined): number | undefined {
  const growth = new Growth(HOLD);
  for (let second = 0; second < MINUTES * 60; second++) {
    const value = valueAt(second / 60);
    if (value !== undefined) growth.add(HOLD.startMs + second * 1000, value);
  }
  return growth.perMinute();
}

test('Growth.perMinute() is how much what grows steadily grows a minute', () => {
  expect(growthOf((minute) => 500 + 7 * minute)).toBeCloseTo(7);
});

test('Growth.perMinute() is 0 if nothing moves, or it shrinks', () => {
  expect(growthOf(() => 500)).toBe(0);
  expect(growthOf((minute) => 500 - minute)).toBe(0);
});

test('Growth.perMinute() is 0 of noise', () => {
  const random = createRandom(1);
  expect(growthOf(() => 500 + random())).toBe(0);
});

test('Growth.perMinute() finds a leak under the noise, and says no more than is sure', () => {
  const random = createRandom(1);
  const found = growthOf((minute) => 500 + minute + 20 * random());
  expect(found).toBeGreaterThan(0.3);
  expect(found).toBeLessThan(1.5);
});

test('Growth.perMinute() is not misled by garbage that waits to be collected', () => {
  expect(growthOf((minute) => 500 + 100 * (minute % 0.3))).toBeLessThan(10);
});

test('Growth.perMinute() is 0 if it only grows while it warms up, or once', () => {
  expect(growthOf((minute) => (minute < 3 ? 100 * minute : 300))).toBe(0);
  expect(growthOf((minute) => (minute < 9 ? 500 : 900))).toBe(0);
});

test('Growth.perMinute() is undefined with too little to tell', () => {
  expect(growthOf(() => undefined)).toBeUndefined();
  expect(growthOf((minute) => (minute === 4 || minute === 5 ? minute : undefined))).toBeUndefined();
  expect(growthOf((minute) => (minute < 3 ? minute : undefined))).toBeUndefined();
});
