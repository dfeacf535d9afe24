import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { StatsTimer } from '../../../harness/peer/agent/stats-timer.ts';
import { applyDeltas } from '../../../harness/stats/delta.ts';
import type { RawStat, StatsDelta } from '../../../harness/stats/sample.ts';

// The page's clock: StatsTimer takes it from the globals that every page has.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

class Timer implements Disposable {
  readonly pushed: StatsDelta[] = [];
  readonly timer = new StatsTimer({ intervalMs: 1000, push: (deltas) => this.pushed.push(...deltas) });

  [Symbol.dispose]() {
    this.timer.stop();
  }
}

/** A report whose `bytesSent` counts how often it was asked for. */
function counting(): () => Promise<RawStat[]> {
  let bytesSent = 0;
  return () => Promise.resolve([{ id: 'T', type: 'transport', timestamp: ++bytesSent, bytesSent }]);
}

test('StatsTimer pushes a whole sample first, then what changed, each interval', async () => {
  using it = new Timer();
  it.timer.add({ remote: 'callee', report: counting() });
  await vi.advanceTimersByTimeAsync(3000);
  expect(it.pushed.map(({ seq, full, connection }) => ({ seq, full, connection }))).toEqual([
    { seq: 0, full: true, connection: 'callee' },
    { seq: 1, full: undefined, connection: 'callee' },
    { seq: 2, full: undefined, connection: 'callee' },
  ]);
  expect(applyDeltas(it.pushed).map(({ stats }) => stats[0]?.['bytesSent'])).toEqual([1, 2, 3]);
});

test('StatsTimer counts each connection for itself', async () => {
  using it = new Timer();
  it.timer.add({ remote: 'callee', report: counting() });
  await vi.advanceTimersByTimeAsync(1000);
  it.timer.add({ remote: 'observer', report: counting() });
  await vi.advanceTimersByTimeAsync(1000);
  expect(it.pushed.map(({ connection, seq }) => [connection, seq])).toEqual([
    ['callee', 0],
    ['callee', 1],
    ['observer', 0],
  ]);
});

test('StatsTimer pushes a whole sample every 60, so that a lost line spoils no more than that', async () => {
  using it = new Timer();
  it.timer.add({ remote: 'callee', report: counting() });
  await vi.advanceTimersByTimeAsync(121_000);
  expect(it.pushed.filter(({ full }) => full).map(({ seq }) => seq)).toEqual([0, 60, 120]);
});

test('StatsTimer.sample() takes one now and resolves when it is pushed, without moving the grid', async () => {
  using it = new Timer();
  it.timer.add({ remote: 'callee', report: counting() });
  await vi.advanceTimersByTimeAsync(300);
  await it.timer.sample();
  expect(it.pushed).toMatchObject([{ seq: 0, full: true, lateMs: 0 }]);
  await vi.advanceTimersByTimeAsync(700);
  expect(it.pushed).toHaveLength(2);
});

test('StatsTimer.sample() takes samples one after another if asked twice at once', async () => {
  using it = new Timer();
  it.timer.add({ remote: 'callee', report: counting() });
  await Promise.all([it.timer.sample(), it.timer.sample()]);
  expect(applyDeltas(it.pushed).map(({ seq, stats }) => [seq, stats[0]?.['bytesSent']])).toEqual([
    [0, 1],
    [1, 2],
  ]);
});

test('StatsTimer says what a report costs, and goes on on its grid if one took longer than the interval', async () => {
  using it = new Timer();
  let asked = 0;
  const slowOnce = async (): Promise<RawStat[]> => {
    if (asked++ === 0) await new Promise((resolve) => setTimeout(resolve, 1700));
    return [];
  };
  const began = performance.timeOrigin + performance.now();
  it.timer.add({ remote: 'callee', report: slowOnce });
  await vi.advanceTimersByTimeAsync(4000);
  expect(it.pushed.map(({ t, costMs }) => [Math.round(t - began), costMs])).toEqual([
    [1000, 1700],
    [3000, 0],
    [4000, 0],
  ]);
});

test('StatsTimer.stop() ends it', async () => {
  using it = new Timer();
  it.timer.add({ remote: 'callee', report: counting() });
  it.timer.stop();
  await vi.advanceTimersByTimeAsync(5000);
  await it.timer.sample();
  expect(it.pushed).toEqual([]);
});

test('StatsTimer.stop() ends it while a report is under way', async () => {
  using it = new Timer();
  const report = () => new Promise<RawStat[]>((resolve) => setTimeout(() => resolve([]), 500));
  it.timer.add({ remote: 'callee', report });
  await vi.advanceTimersByTimeAsync(1200);
  it.timer.stop();
  await vi.advanceTimersByTimeAsync(5000);
  expect(vi.getTimerCount()).toBe(0);
});

test('StatsTimer goes on if a report cannot be had once', async () => {
  using it = new Timer();
  let asked = 0;
  const report = (): Promise<RawStat[]> =>
    asked++ === 0 ? Promise.reject(new Error('not now')) : Promise.resolve([]);
  it.timer.add({ remote: 'callee', report });
  await expect(it.timer.sample()).rejects.toThrow('not now');
  await vi.advanceTimersByTimeAsync(2000);
  expect(it.pushed.map(({ seq }) => seq)).toEqual([0, 1]);
});

test('StatsTimer pushes all connections of a tick at once, also if one cannot be had', async () => {
  const pushed: string[][] = [];
  const timer = new StatsTimer({
    intervalMs: 1000,
    push: (deltas) => void pushed.push(deltas.map(({ connection }) => connection)),
  });
  timer.add({ remote: 'a', report: counting() });
  timer.add({ remote: 'b', report: counting() });
  timer.add({ remote: 'c', report: () => Promise.reject(new Error('not now')) });
  await vi.advanceTimersByTimeAsync(1000);
  timer.stop();
  expect(pushed).toEqual([['a', 'b']]);
});

test('StatsTimer pushes what is used alone if asked, with how much the browser listed', async () => {
  const pushed: StatsDelta[] = [];
  const push = (deltas: StatsDelta[]) => void pushed.push(...deltas);
  const timer = new StatsTimer({ intervalMs: 1000, detail: 'selected', push });
  timer.add({ remote: 'callee', report: counting() });
  await vi.advanceTimersByTimeAsync(1000);
  timer.stop();
  expect(pushed).toMatchObject([{ listed: 1, changed: { T: { type: 'transport' } } }]);
  expect(pushed[0]!.changed['T']).not.toHaveProperty('bytesSent');
});
