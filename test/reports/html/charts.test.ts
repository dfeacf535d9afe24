import { describe, expect, test } from 'vitest';
import type { Series } from '../../../reports/input.ts';
import { chartData, MOST_POINTS, thinPoints } from '../../../reports/html/charts.ts';
import { EVERYTHING_HOSTILE } from '../../fixtures/reports/hostile.ts';
import { buildRun } from '../../fixtures/reports/run.ts';

const [first] = buildRun().calls;
if (!first) throw new Error('the fixture has calls');
const { record, series } = first;

const line = (points: Series['points'], metric = 'rtt_ms'): Series => ({
  metric,
  label: 'caller',
  role: 'caller',
  unit: 'ms',
  points,
});

describe('chartData()', () => {
  test('puts both roles of a metric in one chart, in the order people look', () => {
    const { charts } = chartData(record, series);
    expect(charts.map(({ metric, series: lines }) => [metric, ...lines.map(({ role }) => role)])).toEqual([
      ['recv_bitrate_bps', 'caller', 'callee'],
      ['rtt_ms', 'caller', 'callee'],
      ['packet_loss_ratio', 'caller', 'callee'],
      ['fps_received', 'caller', 'callee'],
      ['jitter_buffer_ms', 'caller', 'callee'],
    ]);
  });

  test('marks the steps in seconds since the call began', () => {
    expect(chartData(record, series).steps[1]).toEqual({ name: 'connect', from: 0.48, to: 1.02 });
  });

  test('makes labels printable and short, as the page draws them as they are', () => {
    const [drawn] =
      chartData(record, [{ ...line([[0, 1]]), label: EVERYTHING_HOSTILE }]).charts[0]?.series ?? [];
    expect(drawn?.label).toHaveLength(60);
    expect(drawn?.label).not.toMatch(/\p{Cc}|\u202e/u);
  });

  test('draws nothing for a series without points', () => {
    expect(chartData(record, [line([])]).charts).toEqual([]);
  });

  test('breaks the line if samples are missing, instead of sloping over the hole', () => {
    const points: Series['points'] = [
      [0, 1],
      [1000, 2],
      [2000, 3],
      [9000, 4],
      [10_000, 5],
    ];
    const [drawn] = chartData(record, [line(points)]).charts[0]?.series ?? [];
    expect(drawn).toEqual({
      label: 'caller',
      role: 'caller',
      x: [0, 1, 2, 5.5, 9, 10],
      y: [1, 2, 3, null, 4, 5],
    });
  });
});

describe('thinPoints()', () => {
  test('keeps every peak and the order of a long series', () => {
    const points = Array.from({ length: 86_400 }, (_, index): [number, number] => [
      index * 1000,
      index === 4711 ? 999 : index % 7,
    ]);
    const thinned = thinPoints(points);
    expect(thinned.length).toBeLessThanOrEqual(MOST_POINTS);
    expect(thinned).toContainEqual([4_711_000, 999]);
    expect(thinned.map(([t]) => t)).toEqual(thinned.map(([t]) => t).toSorted((a, b) => a - b));
  });

  test('leaves a short series as it is', () => {
    expect(
      thinPoints([
        [0, 1],
        [1, 2],
      ]),
    ).toEqual([
      [0, 1],
      [1, 2],
    ]);
  });
});
