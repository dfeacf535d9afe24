import { describe, expect, test } from 'vitest';
import type { CallRecord } from '../../harness/call-record.ts';
import type { MetricSample } from '../../harness/stats/sample.ts';
import { timeAllHeld, within } from '../../harness/verdict/window.ts';

const held = (startMs: number, endMs?: number) =>
  ({ endMs: 900, steps: [{ name: 'hold', startMs, ...(endMs !== undefined && { endMs }) }] }) as CallRecord;
const never = { endMs: 900, steps: [{ name: 'connect', startMs: 0 }] } as unknown as CallRecord;

describe('timeAllHeld()', () => {
  test('is from the last hold that begins to the first that ends', async () => {
    expect(await timeAllHeld([held(100, 500), held(200, 600), held(150)])).toEqual({
      fromMs: 200,
      untilMs: 500,
    });
  });

  test('leaves out calls that never were held', async () => {
    expect(await timeAllHeld([held(100, 500), never])).toEqual({ fromMs: 100, untilMs: 500 });
    expect(await timeAllHeld([never])).toBeUndefined();
  });
});

describe('within()', () => {
  test('drops what holds measured outside the window, and nothing else', () => {
    const kept: MetricSample[] = [];
    const measurements = within(
      { fromMs: 200, untilMs: 500 },
      { add: (sample) => kept.push(sample), merge: () => {} },
    );
    const sample = (t: number, step: string) => ({ metric: 'fps_received', value: t, t, tags: { step } });
    for (const t of [199, 200, 500, 501]) measurements.add(sample(t, 'hold'));
    measurements.add(sample(100, 'connect'));
    measurements.add({ metric: 'connection_success', value: 1, t: 50, tags: {} });
    expect(kept.map(({ value }) => value)).toEqual([200, 500, 100, 1]);
  });

  test('leaves nothing of holds if they were never held together', () => {
    const kept: number[] = [];
    const measurements = within(
      { fromMs: 500, untilMs: 200 },
      { add: ({ value }) => kept.push(value), merge: () => {} },
    );
    measurements.add({ metric: 'fps_received', value: 1, t: 300, tags: { step: 'hold' } });
    expect(kept).toEqual([]);
  });
});
