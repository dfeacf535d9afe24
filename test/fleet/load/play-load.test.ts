import { setMaxListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { playLoad } from '../../../harness/fleet/load/play-load.ts';
import { Interruption, VuNumbers } from '../../../harness/fleet/load/vus.ts';
import type { PlannedLoad } from '../../../harness/load/load.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

const base = { name: 'load', startTimeMs: 0, gracefulStopMs: 3000, tags: {}, cells: [] };

interface Seen {
  startMs: number;
  endMs: number;
  vu: number;
  iteration: number;
  interrupted?: string;
}

/** Plays a load in a time of its own, with calls that take so long. */
async function play(
  load: PlannedLoad,
  { takesMs, stopAtMs }: { takesMs: number | ((iteration: number) => number); stopAtMs?: number },
) {
  const origin = performance.now();
  const now = () => Math.round(performance.now() - origin);
  const calls: Seen[] = [];
  const vus: [atMs: number, count: number][] = [];
  let dropped = 0;
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  if (stopAtMs !== undefined) setTimeout(() => stop.abort(), stopAtMs);
  let endMs: number | undefined;
  const playing = playLoad(load, {
    numbers: new VuNumbers(),
    signal: stop.signal,
    onDropped: (count) => void (dropped += count),
    onVus: (count) => void vus.push([now(), count]),
    iterate: ({ vu, iteration, signal }) => {
      const startMs = now();
      const duration = typeof takesMs === 'number' ? takesMs : takesMs(iteration);
      return new Promise((resolve) => {
        const end = () => {
          clearTimeout(timer);
          const why = signal.reason instanceof Interruption && signal.reason.message;
          calls.push({ startMs, endMs: now(), vu, iteration, ...(why !== false && { interrupted: why }) });
          resolve();
        };
        const timer = setTimeout(end, duration);
        signal.addEventListener('abort', end, { once: true });
      });
    },
  }).then(() => (endMs = now()));
  for (let i = 0; i < 200 && endMs === undefined; i++) await vi.advanceTimersByTimeAsync(500);
  await playing;
  calls.sort((a, b) => a.iteration - b.iteration);
  return { calls, vus, dropped, endMs, starts: calls.map(({ startMs }) => startMs) };
}

describe('shared-iterations', () => {
  const load: PlannedLoad = {
    ...base,
    executor: 'shared-iterations',
    vus: 2,
    iterations: 5,
    maxDurationMs: 60_000,
  };

  test('gives the next call to whichever VU is free', async () => {
    const { calls, endMs } = await play(load, { takesMs: (iteration) => (iteration === 0 ? 4000 : 1000) });
    expect(calls.map(({ vu }) => vu)).toEqual([1, 2, 2, 2, 2]);
    expect(calls.map(({ startMs }) => startMs)).toEqual([0, 0, 1000, 2000, 3000]);
    expect(endMs).toBe(4000);
  });

  test('drops the calls that its time is too short for', async () => {
    const { calls, dropped } = await play({ ...load, maxDurationMs: 1500 }, { takesMs: 1000 });
    expect(calls.length).toBe(4);
    expect(dropped).toBe(1);
  });
});

test('per-vu-iterations gives every VU as many calls', async () => {
  const { calls } = await play(
    { ...base, executor: 'per-vu-iterations', vus: 2, iterations: 2, maxDurationMs: 60_000 },
    { takesMs: (iteration) => (iteration % 2 === 0 ? 3000 : 1000) },
  );
  const byVu = (number: number) => calls.filter(({ vu }) => vu === number).length;
  expect([byVu(1), byVu(2)]).toEqual([2, 2]);
});

describe('constant-vus', () => {
  const load: PlannedLoad = { ...base, executor: 'constant-vus', vus: 2, durationMs: 5000 };

  test('holds as many calls for the time, and lets the last ones end', async () => {
    const { calls, endMs, dropped } = await play(load, { takesMs: 2000 });
    expect(calls.map(({ startMs }) => startMs)).toEqual([0, 0, 2000, 2000, 4000, 4000]);
    expect([endMs, dropped]).toEqual([6000, 0]);
  });

  test('interrupts calls that outlast gracefulStop', async () => {
    const { calls, endMs } = await play(load, { takesMs: 20_000 });
    expect(calls.map(({ interrupted }) => interrupted)).toEqual([
      'gracefulStop of 3000 ms is over',
      'gracefulStop of 3000 ms is over',
    ]);
    expect(endMs).toBe(8000);
  });

  test('begins after startTime', async () => {
    const { starts } = await play({ ...load, startTimeMs: 7000 }, { takesMs: 3000 });
    expect(starts).toEqual([7000, 7000, 10_000, 10_000]);
  });

  test('begins no call any more when it is stopped, and leaves those under way to the run', async () => {
    const { calls } = await play(load, { takesMs: 2000, stopAtMs: 3000 });
    expect(calls.map(({ startMs, interrupted }) => [startMs, interrupted])).toEqual([
      [0, undefined],
      [0, undefined],
      [2000, undefined],
      [2000, undefined],
    ]);
  });

  test('never begins when it is stopped before', async () => {
    const { calls } = await play({ ...load, startTimeMs: 7000 }, { takesMs: 1000, stopAtMs: 3000 });
    expect(calls).toEqual([]);
  });
});

describe('ramping-vus', () => {
  const load: PlannedLoad = {
    ...base,
    executor: 'ramping-vus',
    startVus: 0,
    stages: [
      { durationMs: 4000, target: 2 },
      { durationMs: 4000, target: 2 },
      { durationMs: 0, target: 0 },
      { durationMs: 6000, target: 0 },
    ],
    gracefulRampDownMs: 1000,
  };

  test('adds VUs on a straight line, and takes them back', async () => {
    const { vus, starts } = await play(load, { takesMs: 1000 });
    expect(vus).toEqual([
      [0, 0],
      [2000, 1],
      [4000, 2],
      [8000, 0],
      [14_000, 0],
    ]);
    expect(starts.filter((startMs) => startMs >= 4000)).toEqual([
      4000, 4000, 5000, 5000, 6000, 6000, 7000, 7000,
    ]);
  });

  test('interrupts the call of a VU that was taken back after gracefulRampDown', async () => {
    const { calls } = await play(load, { takesMs: 30_000 });
    expect(calls.map(({ startMs, endMs, interrupted }) => [startMs, endMs, interrupted])).toEqual([
      [2000, 9000, 'gracefulRampDown of 1000 ms is over'],
      [4000, 9000, 'gracefulRampDown of 1000 ms is over'],
    ]);
  });

  test('leaves the call of a VU alone that is wanted again in time', async () => {
    const stages = [
      { durationMs: 2000, target: 1 },
      { durationMs: 0, target: 0 },
      { durationMs: 500, target: 0 },
      { durationMs: 0, target: 1 },
      { durationMs: 5000, target: 1 },
    ];
    const { calls } = await play({ ...load, startVus: 1, stages }, { takesMs: 6000 });
    expect(calls.map(({ startMs, endMs, interrupted }) => [startMs, endMs, interrupted])).toEqual([
      [0, 6000, undefined],
      [6000, 10_500, 'gracefulStop of 3000 ms is over'],
    ]);
  });
});

describe('arrival rates', () => {
  const constant: PlannedLoad = {
    ...base,
    executor: 'constant-arrival-rate',
    rate: 1,
    timeUnitMs: 1000,
    durationMs: 6000,
    preAllocatedVus: 1,
    maxVus: 2,
  };

  test('begin calls when they are due, however long others take, with more VUs if need be', async () => {
    const { starts, vus, dropped } = await play(constant, { takesMs: 1500 });
    expect(starts).toEqual([0, 1000, 2000, 3000, 4000, 5000]);
    expect(vus).toEqual([
      [0, 1],
      [1000, 2],
      [6500, 0],
    ]);
    expect(dropped).toBe(0);
  });

  test('drop what is due while every VU is busy, and begin none of it later', async () => {
    const { starts, dropped } = await play(constant, { takesMs: 3500 });
    expect(starts).toEqual([0, 1000, 4000, 5000]);
    expect(dropped).toBe(2);
  });

  test('follow the ramp of ramping-arrival-rate', async () => {
    const load: PlannedLoad = {
      ...base,
      executor: 'ramping-arrival-rate',
      startRate: 0,
      timeUnitMs: 1000,
      stages: [
        { durationMs: 4000, target: 2 },
        { durationMs: 2000, target: 2 },
      ],
      preAllocatedVus: 5,
      maxVus: 5,
    };
    const { starts } = await play(load, { takesMs: 100 });
    expect(starts).toEqual([2000, 2829, 3465, 4000, 4500, 5000, 5500]);
  });
});
