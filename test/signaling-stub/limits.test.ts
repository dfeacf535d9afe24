import { describe, expect, test } from 'vitest';
import { RateLimiter } from '../../signaling-stub/limits.ts';

describe('RateLimiter', () => {
  test('take() allows a burst and then the long-run rate', () => {
    const rate = new RateLimiter({ perSecond: 10, burst: 3 }, 0);
    expect([0, 0, 0, 0, 99, 100, 100].map((atMs) => rate.take(atMs))).toEqual([
      true,
      true,
      true,
      false,
      false,
      true,
      false,
    ]);
  });

  test('take() saves up no more than a burst', () => {
    const rate = new RateLimiter({ perSecond: 10, burst: 2 }, 0);
    expect([10_000, 10_000, 10_000].map((atMs) => rate.take(atMs))).toEqual([true, true, false]);
  });

  test('retryAfterMs is the time until half a burst is allowed again', () => {
    const rate = new RateLimiter({ perSecond: 10, burst: 8 }, 0);
    for (let count = 0; count < 8; count += 1) rate.take(0);
    expect(rate.retryAfterMs).toBe(400);
  });
});
