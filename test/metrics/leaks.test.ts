import { expect, test } from 'vitest';
import { LeakWatch } from '../../harness/metrics/leaks.ts';
import type { RawStat } from '../../harness/stats/sample.ts';
import { recordedCall } from '../fixtures/recorded.ts';

const MINUTE = 60_000;
const SHARED_BY = 2;

interface Call {
  minutes?: number;
  memoryAt?: (minute: number) => number;
  heapAt?: (minute: number) => number;
  statsAt?: (minute: number) => number;
}

/** What is said of a call that was held for so long, with a sample every second and the browser's size every 15 s. */
function leaksOf({ minutes = 3, memoryAt = () => 4e8, heapAt, statsAt = () => 30 }: Call) {
  const { record } = recordedCall();
  const { startMs } = record;
  const peer = record.peers['caller']!;
  const offsetMs = 5000;
  peer.clock = { offsetMs, uncertaintyMs: 1 };
  record.endMs = startMs + minutes * MINUTE;
  record.steps = [{ name: 'hold', startMs, endMs: record.endMs }];
  const seconds = Array.from({ length: minutes * 60 }, (_, second) => second);
  peer.process = seconds
    .filter((second) => second % 15 === 2)
    .map((second) => ({ t: startMs + second * 1000, pssBytes: memoryAt(second / 60), peers: SHARED_BY }));
  const watch = new LeakWatch(record, peer);
  for (const seq of seconds) {
    const stats = Array.from({ length: statsAt(seq / 60) }, () => ({}) as RawStat);
    const heap = heapAt && { heapBytes: heapAt(seq / 60) };
    const t = startMs + offsetMs + seq * 1000;
    watch.add({ t, connection: 'callee', seq, lateMs: 0, costMs: 0, ...heap, stats });
  }
  return Object.fromEntries([...watch.values()].map(({ metric, value }) => [metric, value]));
}

test('LeakWatch tells that nothing grows, and nothing of a heap that is not reported', () => {
  expect(leaksOf({})).toEqual({ memory_growth_bytes_per_min: 0, stats_growth_per_min: 0 });
});

test("LeakWatch tells how fast the peer's share of its browser grows", () => {
  const leaks = leaksOf({ memoryAt: (minute) => 4e8 + 3e7 * minute });
  expect(leaks['memory_growth_bytes_per_min']).toBeCloseTo(3e7 / SHARED_BY, -3);
});

test("LeakWatch tells how fast the page's heap grows, and what getStats() lists", () => {
  const leaks = leaksOf({ heapAt: (minute) => 1e7 + 2e6 * minute, statsAt: (minute) => 30 + 6 * minute });
  expect(leaks['heap_growth_bytes_per_min']).toBeCloseTo(2e6, -4);
  expect(leaks['stats_growth_per_min']).toBeGreaterThan(5);
});

test('LeakWatch says nothing of memory in a hold of less than two minutes', () => {
  expect(leaksOf({ minutes: 1, memoryAt: (minute) => 3e7 * minute })).toEqual({ stats_growth_per_min: 0 });
});
