import { describe, expect, test } from 'vitest';
import { aggregate, MetricAggregate } from '../../harness/metrics/aggregate.ts';
import { PeerFigures } from '../../harness/metrics/peer-figures.ts';
import type { MetricSample } from '../../harness/stats/sample.ts';

const sample = (metric: string, value: number, tags: Record<string, string> = {}): MetricSample => ({
  metric,
  value,
  t: 0,
  tags,
});
const trend = (...values: number[]) => values.map((value) => sample('connect_ms', value));
const durationMs = 10_000;

describe('aggregate()', () => {
  test("summarises a trend with k6's percentiles, linear between neighbours", () => {
    expect(aggregate(trend(30, 10, 20, 40), { durationMs })['connect_ms']).toEqual({
      type: 'trend',
      unit: 'ms',
      samples: 4,
      avg: 25,
      min: 10,
      med: 25,
      max: 40,
      p90: expect.closeTo(37),
      p95: expect.closeTo(38.5),
      p99: expect.closeTo(39.7),
    });
  });

  test('gives a single value for every percentile', () => {
    expect(aggregate(trend(7), { durationMs })['connect_ms']).toMatchObject({
      avg: 7,
      min: 7,
      med: 7,
      max: 7,
      p90: 7,
      p95: 7,
      p99: 7,
    });
  });

  test('counts passes and fails of a rate', () => {
    const samples = [1, 1, 0, 1].map((value) => sample('checks', value));
    expect(aggregate(samples, { durationMs })['checks']).toEqual({
      type: 'rate',
      unit: 'ratio',
      samples: 4,
      rate: 0.75,
      passes: 3,
      fails: 1,
    });
  });

  test("sums a counter, and takes its rate over the run's time", () => {
    const samples = [3, 4].map((value) => sample('nack_count', value));
    expect(aggregate(samples, { durationMs })['nack_count']).toEqual({
      type: 'counter',
      unit: 'count',
      samples: 2,
      count: 7,
      rate: 0.7,
    });
  });

  test('adds the sub-metrics that are wanted, whose tags may hold a colon', () => {
    const wanted = 'connect_ms{pair:chrome:firefox,role:caller}';
    const samples = [
      sample('connect_ms', 1, { pair: 'chrome:firefox', role: 'caller' }),
      sample('connect_ms', 2, { pair: 'chrome:firefox', role: 'callee' }),
      sample('connect_ms', 3, { pair: 'chrome:chrome', role: 'caller' }),
    ];
    const summary = aggregate(samples, { durationMs, selectors: [wanted] });
    expect([summary['connect_ms']!.samples, summary[wanted]!.samples, summary[wanted]!.max]).toEqual([
      3, 1, 1,
    ]);
  });

  test('shows a wanted metric that nothing was measured of with no samples and no values', () => {
    const summary = aggregate([], { durationMs, selectors: ['rtt_ms', 'nack_count'] });
    expect(summary).toEqual({
      rtt_ms: { type: 'trend', unit: 'ms', samples: 0 },
      nack_count: { type: 'counter', unit: 'count', samples: 0 },
    });
  });
});

describe('MetricAggregate', () => {
  test('keeps values added after a percentile was asked for', () => {
    const metrics = new MetricAggregate({ durationMs });
    for (const each of trend(5, 1)) metrics.add(each);
    expect(metrics.values('connect_ms')?.value('max')).toBe(5);
    for (const each of trend(9, 3)) metrics.add(each);
    expect(metrics.values('connect_ms')?.value('p', 100)).toBe(9);
    expect(metrics.values('connect_ms')?.value('avg')).toBe(4.5);
  });

  test('summarises each cell by itself', () => {
    const metrics = new MetricAggregate({ durationMs });
    metrics.add(sample('connect_ms', 1, { cell: 'a:b' }));
    metrics.add(sample('connect_ms', 3, { cell: 'b:a' }));
    expect(metrics.cellSummary('b:a')['connect_ms']).toMatchObject({ samples: 1, avg: 3 });
    expect(metrics.cellSummary('a:a')).toEqual({});
  });

  test('holds many values exactly', () => {
    const metrics = new MetricAggregate({ durationMs });
    for (let value = 10_000; value >= 0; value--) metrics.add(sample('rtt_ms', value));
    expect(metrics.values('rtt_ms')?.value('p', 99.9)).toBeCloseTo(9990);
  });
});

describe('PeerFigures', () => {
  test('takes the mean over the hold, else over the whole call, and sums counters', () => {
    const figures = new PeerFigures();
    const caller = (step?: string) => ({ role: 'caller', ...(step && { step }) });
    figures.add(sample('rtt_ms', 100, caller()));
    figures.add(sample('rtt_ms', 10, caller('hold')));
    figures.add(sample('rtt_ms', 20, caller('hold')));
    figures.add(sample('connect_ms', 300, caller()));
    figures.add(sample('pli_count', 2, caller()));
    figures.add(sample('pli_count', 1, caller('hold')));
    expect(figures.of('caller')).toEqual({ rtt_ms: 15, connect_ms: 300, pli_count: 3 });
    expect(figures.of('callee')).toEqual({});
  });
});
