import { describe, expect, test } from 'vitest';
import { atLeast, atMost } from '../../harness/verdict/binomial.ts';

describe('atMost()', () => {
  test.for([
    [0, 10, 0.5, 1 / 1024],
    [1, 10, 0.5, 11 / 1024],
    [2, 4, 0.25, (81 + 108 + 54) / 256],
    [0, 450, 0.0355, 0.9645 ** 450],
    [10, 10, 0.3, 1],
    [0, 5, 0, 1],
    [4, 5, 1, 0],
  ] as const)(
    'of %d events in %d trials at %d is what was worked out by hand',
    ([events, trials, p, expected]) => {
      expect(atMost(events, trials, p)).toBeCloseTo(expected, 10);
    },
  );

  test('does not underflow with many trials', () => {
    // Half of a symmetric distribution, and the middle term.
    const middle = Math.sqrt(1 / (Math.PI * 50_000));
    expect(atMost(50_000, 100_000, 0.5)).toBeCloseTo(0.5 + middle / 2, 4);
  });
});

test('atLeast() is the rest of atMost()', () => {
  for (const events of [1, 3, 7]) {
    expect(atLeast(events, 20, 0.2)).toBeCloseTo(1 - atMost(events - 1, 20, 0.2), 10);
  }
  expect(atLeast(0, 20, 0.2)).toBe(1);
});
