import { describe, expect, test } from 'vitest';
import { atMost, isLikely } from '../../../harness/network/impairment/binomial.ts';
import { verifyLink, verifyQuickly } from '../../../harness/network/impairment/verify-link.ts';
import type { Impairment, LinkMeasurement } from '../../../harness/topology/topology.ts';

type Measured = LinkMeasurement['measured'];
const SEEN: Measured = { packets: 1000, delayMs: 0.3, jitterMs: 0.2, lossRatio: 0 };

describe('verifyLink()', () => {
  test.for<[Impairment, Partial<Measured>]>([
    [{}, {}],
    [{}, { lossRatio: 0.009, delayMs: 1.9 }],
    [{ delayMs: 50 }, { delayMs: 52.4 }],
    [
      { delayMs: 50, jitterMs: 10 },
      { delayMs: 58, jitterMs: 6 },
    ],
    [{ lossRatio: 0.05 }, { lossRatio: 0.03 }],
    [{ lossRatio: 0.05, lossBurst: 8 }, { lossRatio: 0.11 }],
    [{ rateBps: 1e6 }, { rateBps: 0.8e6 }],
    [{ outage: true, delayMs: 20 }, { lossRatio: 1 }],
    [{ lossRatio: 1 }, { lossRatio: 1 }],
  ])('finds nothing wrong with %j measured as %j', ([configured, measured]) => {
    expect(verifyLink(configured, { ...SEEN, ...measured })).toBeUndefined();
  });

  test.for<[Impairment, Partial<Measured>, string]>([
    [{}, { delayMs: 2.5 }, 'delay was to be 0 ms, measured 2.5 ms'],
    [{}, { lossRatio: 0.012 }, 'loss was to be 0 %, measured 1.2 % of 1000 packets'],
    [{}, { lossRatio: 1 }, 'nothing came of 1000 packets'],
    [{ delayMs: 50 }, {}, 'delay was to be 50 ms, measured 0.3 ms'],
    [{ delayMs: 100 }, { delayMs: 106 }, 'delay was to be 100 ms, measured 106 ms'],
    [{ delayMs: 50, jitterMs: 10 }, { delayMs: 50 }, 'jitter was to be 10 ms, measured 0.2 ms'],
    [{ lossRatio: 0.05 }, {}, 'loss was to be 5 %, measured 0 % of 1000 packets'],
    [{ lossRatio: 0.05 }, { lossRatio: 0.11 }, 'loss was to be 5 %, measured 11 % of 1000 packets'],
    [{ rateBps: 1e6 }, { rateBps: 7e5 }, 'rate was to be 1000 kbit/s, measured 700 kbit/s'],
    [{ rateBps: 1e6 }, { rateBps: 1.2e6 }, 'rate was to be 1000 kbit/s, measured 1200 kbit/s'],
    [{ outage: true }, { lossRatio: 0.999 }, 'an outage was configured, but 1 of 1000 packets came'],
  ])('names what is wrong with %j measured as %j', ([configured, measured, problem]) => {
    expect(verifyLink(configured, { ...SEEN, ...measured })).toBe(problem);
  });
});

describe('verifyQuickly()', () => {
  test('lets packets wait behind those of a call only where the rate is limited', () => {
    const measured = { packets: 8, delayMs: 180 };
    expect(verifyQuickly({ delayMs: 20, rateBps: 3e5 }, measured)).toBeUndefined();
    expect(verifyQuickly({ delayMs: 20 }, measured)).toContain('delay was to be 20 ms');
    expect(verifyQuickly({ delayMs: 200, rateBps: 3e5 }, measured)).toContain('delay was to be 200 ms');
  });

  test('tells an outage that should not be, or is not', () => {
    expect(verifyQuickly({}, { packets: 8, lossRatio: 1 })).toBe('nothing came of 8 packets');
    expect(verifyQuickly({ rateBps: 3e5 }, { packets: 8, lossRatio: 1 }), 'a full queue').toBeUndefined();
    expect(verifyQuickly({ lossRatio: 0.7 }, { packets: 8, lossRatio: 1 })).toBeUndefined();
    expect(verifyQuickly({ outage: true }, { packets: 8, lossRatio: 0 })).toContain('8 of 8 packets came');
  });
});

describe('atMost()', () => {
  test.for([
    { hits: 2, trials: 10, ratio: 0.5, expected: 56 / 1024 },
    { hits: 0, trials: 100, ratio: 0.01, expected: 0.99 ** 100 },
    // Symmetric: half, and half of what is in the middle.
    { hits: 1000, trials: 2000, ratio: 0.5, expected: 0.508_919 },
    { hits: -1, trials: 10, ratio: 0.5, expected: 0 },
    { hits: 10, trials: 10, ratio: 0.5, expected: 1 },
  ])('is $expected for $hits of $trials at $ratio', ({ hits, trials, ratio, expected }) => {
    expect(atMost(hits, trials, ratio)).toBeCloseTo(expected, 5);
  });
});

describe('isLikely()', () => {
  test('doubts what chance does less than once in 1000 times, on both sides', () => {
    const likely = [28, 29, 50, 74, 75].map((hits) => isLikely(hits, 1000, 0.05, 0.999));
    expect(likely).toEqual([false, true, true, true, false]);
  });
});
