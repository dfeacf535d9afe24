import { expect, test } from 'vitest';
import { Collector, type CollectorStore } from '../../harness/collector/collector.ts';
import type { CollectedCall } from '../../harness/metrics/collected.ts';
import type { RunResult } from '../../harness/result.ts';
import { applyDeltas, assembleStats } from '../../harness/stats/delta.ts';
import type { StatsDelta } from '../../harness/stats/sample.ts';
import { LAYOUT } from '../../harness/store/layout.ts';
import { judge } from '../../harness/verdict/judge.ts';
import { type ReplayedCall, replayedCall } from './a-replayed-call.ts';

/** Keeps what is written, and is as full as it is told. */
class FakeStore implements CollectorStore {
  readonly lines: Record<string, StatsDelta[]> = {};
  readonly texts: Record<string, string> = {};
  readonly series = { longestDelayMs: 0, writtenBytes: 0 };
  seriesFill = 0;

  appendSeries(call: string, role: string, line: StatsDelta): void {
    (this.lines[`${call} ${role}`] ??= []).push(structuredClone(line));
  }

  writeText(name: string, text: string): Promise<void> {
    this.texts[name] = text;
    return Promise.resolve();
  }

  collected(call: string): CollectedCall | undefined {
    const text = this.texts[LAYOUT.collected(call)];
    return text === undefined ? undefined : (JSON.parse(text) as CollectedCall);
  }
}

/** @param fillAt How full the store is at the n-th sample. */
async function collect(call: ReplayedCall, fillAt: (index: number) => number = () => 0) {
  const store = new FakeStore();
  const collector = new Collector(store);
  const { id, cell, peers, steps } = call.record;
  const own = collector.openCall(id, cell);
  own.steps = steps;
  const takes = Object.entries(peers).map(
    ([role, { clock }]) => [role, own.peer(role, () => clock)] as const,
  );
  const take = Object.fromEntries(takes);
  for (const [index, { role, delta }] of call.sent.entries()) {
    store.seriesFill = fillAt(index);
    take[role]!(delta);
  }
  await own.end();
  return { store, collector };
}

async function verdictOf({ record, plan }: ReplayedCall, store: FakeStore): Promise<RunResult> {
  const { id, startMs, endMs } = record;
  return await judge({
    plan: { ...plan, thresholds: { 'fps_received{step:hold}': [], 'jitter_ms{kind:video}': [] } },
    records: [record],
    statsOf: (_, role) => store.lines[`${id} ${role}`] ?? [],
    collectedOf: (call) => Promise.resolve(store.collected(call)),
    environment: {
      os: '',
      arch: '',
      node: '',
      cpus: 1,
      cpuModel: '',
      memoryBytes: 1,
      ci: false,
      network: 'loopback',
    },
    startedAtMs: startMs,
    finishedAtMs: endMs,
  });
}

test('Collector keeps every sample as it came if the disk keeps up', async () => {
  const call = replayedCall(20);
  const { store, collector } = await collect(call);
  for (const role of ['caller', 'callee']) {
    expect(store.lines[`${call.record.id} ${role}`]).toEqual(
      call.sent.filter((each) => each.role === role).map(({ delta }) => delta),
    );
  }
  expect(store.texts).toEqual({});
  expect(collector.counts).toMatchObject({ samples: 40, thinned: 0, thinnedCalls: 0 });
});

const FILLS: Record<string, (index: number) => number> = {
  'half as many samples fit': () => 0.55,
  'a burst comes in the middle': (index) => (index > 40 && index < 70 ? 0.8 : 0),
  'nothing fits any more': () => 1,
  'nothing fits from the tenth second on': (index) => (index < 20 ? 0 : 2),
  'the disk is slower and slower': (index) => index / 100,
};

test.for(Object.keys(FILLS))(
  'judge() says of thinned calls what it says of whole ones, if %s',
  async (name) => {
    const call = replayedCall(60);
    const whole = await verdictOf(call, (await collect(call)).store);
    const { store, collector } = await collect(call, FILLS[name]);
    const kept = Object.values(store.lines).flat().length;
    expect(kept).toBeLessThan(call.sent.length);
    expect(collector.counts).toMatchObject({ samples: 120, thinned: 120 - kept, thinnedCalls: 1 });
    const { calls, metrics, ...rest } = await verdictOf(call, store);
    expect(close(withoutGrowth(metrics))).toEqual(close(withoutGrowth(whole.metrics)));
    for (const [role, peer] of Object.entries(whole.calls[0]!.peers)) {
      const { metrics: own, ...facts } = calls[0]!.peers[role]!;
      const { metrics: expected, ...others } = peer;
      expect(close(withoutGrowth(own))).toEqual(close(withoutGrowth(expected)));
      expect(facts).toEqual(others);
    }
    expect(calls[0]!.status).toBe(whole.calls[0]!.status);
    expect(rest.status).toBe(whole.status);
    expect(whole.metrics['fps_received{step:hold}']!.samples).toBeGreaterThan(80);
  },
);

test.for(Object.keys(FILLS))('Collector leaves readable files without a gap behind, if %s', async (name) => {
  const call = replayedCall(60);
  const { store } = await collect(call, FILLS[name]);
  for (const [key, lines] of Object.entries(store.lines)) {
    const role = key.split(' ')[1]!;
    const gaps: unknown[] = [];
    const samples = [...assembleStats(lines, { onGap: (gap) => gaps.push(gap) })];
    expect(gaps).toEqual([]);
    expect(samples).toHaveLength(lines.length);
    const all = applyDeltas(call.sent.filter((each) => each.role === role).map(({ delta }) => delta));
    for (const { t, stats } of samples) {
      expect(byId(stats)).toEqual(byId(all.find((each) => each.t === t)!.stats));
    }
  }
});

test('Collector keeps less the more of its memory waits for the disk', async () => {
  const call = replayedCall(64);
  const kept = await Promise.all(
    [0, 0.5, 0.55, 0.7, 0.8, 0.95, 1].map(async (fill) => {
      const { store } = await collect(call, () => fill);
      return Object.values(store.lines).flat().length;
    }),
  );
  expect(kept).toEqual([128, 128, 64, 32, 16, 8, 0]);
});

test('Collector summarises run, cells and what came lately', async () => {
  const call = replayedCall(30);
  const { collector } = await collect(call);
  const summary = collector.summary();
  expect(summary['fps_received']).toMatchObject({ type: 'trend', samples: 58 });
  expect(collector.summary('chrome:firefox')).toEqual(summary);
  expect(collector.summary('nosuch')).toEqual({});
  expect(collector.takeRecent()).toEqual(summary);
  expect(collector.takeRecent()).toEqual({});
});

test('Collector keeps what is no sample for the judge to see, and drops what comes after the call', async () => {
  const store = new FakeStore();
  const call = new Collector(store).openCall('1', 'a:b');
  const take = call.peer('caller', () => undefined);
  take({ nonsense: true } as unknown as StatsDelta);
  take(null as unknown as StatsDelta);
  await call.end();
  take(replayedCall(1).sent[0]!.delta);
  expect(store.lines).toEqual({ '1 caller': [{ nonsense: true }, null] });
});

/** What grows while a call is held is told from the raw samples that there are, if there are enough. */
function withoutGrowth(metrics: object): object {
  return Object.fromEntries(Object.entries(metrics).filter(([name]) => name !== 'stats_growth_per_min'));
}

/** Sums of the same values in another order differ in the last digits. */
function close(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, each: unknown) =>
      typeof each === 'number' ? Number(each.toPrecision(9)) : each,
    ),
  );
}

function byId<Stat extends { id: string }>(stats: readonly Stat[]): Stat[] {
  return stats.toSorted((a, b) => a.id.localeCompare(b.id));
}
