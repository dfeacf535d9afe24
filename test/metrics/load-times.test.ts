import { describe, expect, test } from 'vitest';
import { LoadTimesBuilder } from '../../harness/metrics/load-times.ts';
import type { RunEvent } from '../../harness/store/layout.ts';

const FROM = 1_000_000;

function built(seconds: number, fill: (builder: LoadTimesBuilder) => void) {
  const builder = new LoadTimesBuilder({ fromMs: FROM, untilMs: FROM + seconds * 1000 });
  fill(builder);
  return builder.times;
}

const values = (points: [number, number][]) => points.map(([, value]) => value);
const started = (s: number): RunEvent => ({
  t: FROM + s * 1000,
  type: 'call-started',
  call: `${s}`,
  cell: 'a:b',
  index: 0,
  load: 'steady',
});
const ended = (
  s: number,
  rest: { checksFailed?: number; fault?: string; interrupted?: true } = {},
): RunEvent => ({
  t: FROM + s * 1000,
  type: 'call-ended',
  call: `${s}`,
  cell: 'a:b',
  checksFailed: 0,
  durationMs: 1,
  ...rest,
});

describe('LoadTimesBuilder', () => {
  test('counts calls in the second they begin and end in, and those under way in every one between', () => {
    const { windowMs, begun, completed, failed, underWay } = built(5, (builder) => {
      for (const event of [started(0.1), started(0.2), ended(2.5), ended(3.1, { checksFailed: 1 })])
        builder.addEvent(event);
    });
    expect(windowMs).toBe(1000);
    expect(values(begun)).toEqual([2, 0, 0, 0, 0]);
    expect(values(completed)).toEqual([0, 0, 1, 1, 0]);
    expect(values(failed)).toEqual([0, 0, 0, 1, 0]);
    expect(values(underWay)).toEqual([2, 2, 2, 1, 0]);
    expect(begun[0]![0]).toBe(500);
  });

  test('counts no call as completed that its load cut off, and faults as failed', () => {
    const { completed, failed } = built(3, (builder) => {
      for (const event of [
        started(0),
        started(0),
        ended(1, { interrupted: true }),
        ended(2, { fault: 'broke' }),
      ])
        builder.addEvent(event);
    });
    expect(values(completed)).toEqual([0, 0, 1]);
    expect(values(failed)).toEqual([0, 0, 1]);
  });

  test('adds the VUs of loads side by side, and counts what was dropped', () => {
    const { vus, dropped } = built(4, (builder) => {
      builder.addEvent({ t: FROM, type: 'vus', load: 'steady', vus: 2 });
      builder.addEvent({ t: FROM + 1000, type: 'vus', load: 'rush', vus: 3 });
      builder.addEvent({ t: FROM + 1500, type: 'dropped-iterations', load: 'rush', count: 4 });
      builder.addEvent({ t: FROM + 2000, type: 'vus', load: 'rush', vus: 0 });
    });
    expect(values(vus)).toEqual([2, 5, 5, 2]);
    expect(values(dropped)).toEqual([0, 4, 0, 0]);
  });

  test('has the median and the worse end of what was measured, and no point where nothing was', () => {
    const { connectMs, fps } = built(3, (builder) => {
      for (const value of [100, 200, 300]) {
        builder.addSample({ metric: 'connect_ms', value, t: FROM + 500, tags: {} });
        builder.addSample({ metric: 'fps_received', value: value / 10, t: FROM + 2500, tags: {} });
      }
      builder.addSample({ metric: 'rtt_ms', value: 1, t: FROM + 1500, tags: {} });
    });
    expect(connectMs.median).toEqual([[500, 200]]);
    expect(connectMs.worst[0]![1]).toBeGreaterThan(280);
    expect(fps.median).toEqual([[2500, 20]]);
    expect(fps.worst[0]![1]).toBeLessThan(12);
  });

  test('keeps to 300 windows however long a load lasts', () => {
    const { windowMs, cpu, begun } = built(3600, (builder) => {
      for (let s = 0; s < 3600; s++) {
        builder.addMachine({ t: FROM + s * 1000, busyRatio: s < 1800 ? 0.2 : 0.6, ownRatio: 0.1 });
        builder.addEvent(started(s));
      }
    });
    expect(windowMs).toBe(12_000);
    expect(cpu.busy).toHaveLength(300);
    expect(cpu.busy[0]![1]).toBeCloseTo(0.2);
    expect(cpu.busy.at(-1)![1]).toBeCloseTo(0.6);
    expect(cpu.steal).toEqual([]);
    expect(begun.every(([, perSecond]) => perSecond === 1)).toBe(true);
  });
});
