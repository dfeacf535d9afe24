import { expect, test } from 'vitest';
import { callSeries, CHARTED } from '../../harness/metrics/series.ts';
import { recordedCall } from '../fixtures/recorded.ts';

const series = () => {
  const { record, samples } = recordedCall();
  return callSeries({ record, samples: samples() });
};

test('callSeries() has every chart for both peers, streams apart', () => {
  const all = series();
  expect([...new Set(all.map(({ metric }) => metric))]).toEqual([...CHARTED]);
  const labels = all.flatMap(({ metric, label }) => (metric === 'packet_loss_ratio' ? [label] : []));
  expect(labels.toSorted()).toEqual(['callee audio', 'callee video', 'caller audio', 'caller video']);
});

test("callSeries() counts ms from the call's start, ascending", () => {
  for (const { points } of series()) {
    const times = points.map(([t]) => t);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times[0]).toBeGreaterThan(0);
    expect(times.at(-1)).toBeLessThan(10_000);
  }
});

test('callSeries() has no series for a peer without stats', () => {
  const { record, samples } = recordedCall();
  const { caller } = samples();
  const roles = callSeries({ record, samples: { caller: caller! } }).map(({ role }) => role);
  expect(new Set(roles)).toEqual(new Set(['caller']));
});
