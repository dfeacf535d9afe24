import { expect, test } from 'vitest';
import { statsSentence } from '../../reports/stats.ts';
import { measuredLines } from '../../reports/terminal/measured-line.ts';

const STATS = { samples: 1200, thinned: 300, thinnedCalls: 2, longestDelayMs: 7400 };

test('statsSentence() says how many raw samples the disk was spared', () => {
  expect(statsSentence({ stats: STATS })).toBe(
    "The disk did not keep up: 300 of 1200 raw samples (25 %) in 2 calls are not in the run's folder, others waited up to 7.4 s. Metrics count all of them; charts have fewer points.",
  );
});

test('statsSentence() says nothing if all are there, or nothing is known', () => {
  expect(statsSentence({ stats: { ...STATS, thinned: 0, thinnedCalls: 0 } })).toBeUndefined();
  expect(statsSentence({})).toBeUndefined();
});

test('measuredLines() says what the last second was like, without what nobody reported', () => {
  const rtt = { type: 'trend', unit: 'ms', samples: 9, p95: 12.3 } as const;
  const event = { t: 0, type: 'measured', samples: 9, thinned: 4, metrics: { rtt_ms: rtt } } as const;
  expect(measuredLines(event)).toEqual([
    '9 samples/s  rtt p95 12.3 ms  4 raw samples thinned out: the disk is slow',
  ]);
  expect(measuredLines({ ...event, samples: 0 })).toEqual([]);
  expect(measuredLines(undefined)).toEqual([]);
});
