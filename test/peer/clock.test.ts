import { expect, test } from 'vitest';
import { ClockEstimator, harnessNow } from '../../harness/peer/clock.ts';
import { seededRandom } from '../signaling-stub/random.ts';

test('ClockEstimator.estimate is undefined if there was no exchange', () => {
  expect(new ClockEstimator().estimate).toBeUndefined();
});

test('ClockEstimator.add() takes the answer for the middle of the round trip', () => {
  const clock = new ClockEstimator();
  clock.add({ sentMs: 1000, answeredMs: 6005, receivedMs: 1010 });
  expect(clock.estimate).toEqual({ offsetMs: 5000, uncertaintyMs: 5 });
});

test('ClockEstimator.add() keeps the shortest round trip, whenever it came', () => {
  const clock = new ClockEstimator();
  clock.add({ sentMs: 0, answeredMs: 90, receivedMs: 100 });
  clock.add({ sentMs: 200, answeredMs: 241, receivedMs: 202 });
  clock.add({ sentMs: 300, answeredMs: 390, receivedMs: 400 });
  expect(clock.estimate).toEqual({ offsetMs: 40, uncertaintyMs: 1 });
});

test.for([1, 2, 3, 4, 5, 6, 7, 8])(
  'ClockEstimator.estimate is off by no more than its uncertainty, however delays differ by way (seed %i)',
  (seed) => {
    const random = seededRandom(seed);
    const offsetMs = (random() - 0.5) * 1e6;
    const clock = new ClockEstimator();
    let now = 1e12;
    let shortest = Infinity;
    for (let i = 0; i < 50; i++) {
      const there = random() ** 3 * 80;
      const back = random() ** 3 * 80;
      clock.add({ sentMs: now, answeredMs: now + there + offsetMs, receivedMs: now + there + back });
      shortest = Math.min(shortest, there + back);
      const { offsetMs: estimated, uncertaintyMs } = clock.estimate!;
      expect(Math.abs(estimated - offsetMs)).toBeLessThanOrEqual(uncertaintyMs + 1e-3);
      now += 1000;
    }
    expect(clock.estimate!.uncertaintyMs).toBeCloseTo(shortest / 2, 3);
  },
);

test('harnessNow() is the wall clock with fractions, and never goes back', () => {
  const times = Array.from({ length: 1000 }, harnessNow);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  // Within a minute: the machine's clock may have been set since the process began.
  expect(Math.abs(harnessNow() - Date.now())).toBeLessThan(60_000);
});
