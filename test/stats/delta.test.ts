import { describe, expect, test } from 'vitest';
import {
  applyDeltas,
  assembleStats,
  encodeDelta,
  StatsAssembler,
  type ReportSnapshot,
  type StatsGap,
} from '../../harness/stats/delta.ts';
import type { RawStat, StatsDelta } from '../../harness/stats/sample.ts';
import { recordedNames, recordedPeer } from '../fixtures/recorded.ts';

/** Mulberry32: small, seeded, good enough to make up reports. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A run of reports in which objects and fields come, change and go. */
function randomReports(seed: number, count: number): RawStat[][] {
  const random = seeded(seed);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const value = () =>
    pick<unknown>([0, -1, 0.5, Math.floor(random() * 1e9), true, false, '', 'x', { none: random() }, null]);
  let objects = new Map<string, RawStat>();
  return Array.from({ length: count }, (_, index) => {
    const timestamp = 1000 + index;
    const next = new Map<string, RawStat>();
    for (const id of ['a', 'b', 'c', '__proto__', 'constructor', 'IT01V1']) {
      const before = objects.get(id);
      if (random() < 0.2) continue;
      const stat: RawStat = {
        ...before,
        id,
        type: 'inbound-rtp',
        timestamp: random() < 0.8 ? timestamp : pick([0, 7, timestamp - 1]),
      };
      for (const field of ['packetsLost', 'jitter', 'codecId', 'toString', 'durations']) {
        if (random() < 0.3) stat[field] = value();
        else if (random() < 0.1) delete stat[field];
      }
      next.set(id, stat);
    }
    objects = next;
    return [...next.values()];
  });
}

function lines(reports: RawStat[][], fullAt: readonly number[] = [0]): string[] {
  let previous: ReportSnapshot | undefined;
  return reports.map((report, seq) => {
    const { delta, snapshot } = encodeDelta(fullAt.includes(seq) ? undefined : previous, report);
    previous = snapshot;
    const line: StatsDelta = { t: seq, connection: 'callee', seq, lateMs: 0, costMs: 1, ...delta };
    return JSON.stringify(line);
  });
}

const byId = (report: RawStat[]) => new Map(report.map((stat) => [stat.id, stat]));

function collect(input: Iterable<string>): { seqs: number[]; gaps: StatsGap[] } {
  const gaps: StatsGap[] = [];
  const seqs = [...assembleStats(input, { onGap: (gap) => gaps.push(gap) })].map(({ seq }) => seq);
  return { seqs, gaps };
}

describe('encodeDelta() and applyDeltas()', () => {
  test.for(Array.from({ length: 100 }, (_, seed) => seed))('give back random reports (seed %i)', (seed) => {
    const reports = randomReports(seed, 20);
    const samples = applyDeltas(lines(reports));
    expect(samples.map(({ stats }) => byId(stats))).toEqual(reports.map(byId));
  });

  test.for(recordedNames())('keep the deltas of a steady call under a third of its reports (%s)', (name) => {
    const { samples } = recordedPeer(name);
    const size = (values: readonly unknown[]) => JSON.stringify(values.slice(3)).length;
    expect(size(samples)).toBeLessThan(size(applyDeltas(samples)) / 3);
  });

  test('say nothing of an object of which only the timestamp moved with the others', () => {
    const at = (timestamp: number): RawStat[] =>
      ['a', 'b'].map((id) => ({ id, type: 'codec', timestamp, mimeType: 'audio/opus' }));
    const { snapshot } = encodeDelta(undefined, at(1));
    expect(encodeDelta(snapshot, at(2)).delta).toEqual({ timestamp: 2, changed: {} });
  });
});

describe('assembleStats()', () => {
  const reports = randomReports(1, 8);

  test('leaves out a last line that was cut short and reports no gap', () => {
    const all = lines(reports);
    all.push(all.pop()!.slice(0, 20));
    expect(collect(all)).toEqual({ seqs: [0, 1, 2, 3, 4, 5, 6], gaps: [] });
  });

  test('drops what follows a lost sample until the next full one, and reports the gap once', () => {
    const all = lines(reports, [0, 5]);
    all.splice(2, 1);
    const { seqs, gaps } = collect(all);
    expect(seqs).toEqual([0, 1, 5, 6, 7]);
    expect(gaps).toEqual([expect.objectContaining({ connection: 'callee', expectedSeq: 2, gotSeq: 3 })]);
  });

  test('gives whole reports again after the gap', () => {
    const all = lines(reports, [0, 5]);
    all.splice(2, 1);
    expect(byId(applyDeltas(all).at(-1)!.stats)).toEqual(byId(reports.at(-1)!));
  });

  test('drops everything if the first sample of a connection is not full', () => {
    const { seqs, gaps } = collect(lines(reports).slice(1));
    expect(seqs).toEqual([]);
    expect(gaps).toHaveLength(1);
  });

  test('reports a line in the middle that is not a sample, and the gap it leaves', () => {
    const all = lines(reports, [0, 5]);
    all[2] = '{"t":1}';
    const { seqs, gaps } = collect(all);
    expect(seqs).toEqual([0, 1, 5, 6, 7]);
    expect(gaps.map(({ message }) => message)).toEqual([
      'line 3 of the stats is not a sample',
      expect.stringContaining('jump from 1 to 3'),
    ]);
  });

  test('ignores a sample that comes twice', () => {
    const all = lines(reports);
    all.splice(3, 0, all[2]!);
    expect(collect(all)).toEqual({ seqs: [0, 1, 2, 3, 4, 5, 6, 7], gaps: [] });
  });

  test('keeps connections apart', () => {
    const other = lines(reports).map((line) => line.replace('"callee"', '"relay"'));
    const mixed = lines(reports).flatMap((line, index) => [line, other[index]!]);
    expect(collect(mixed).seqs).toHaveLength(16);
  });
});

describe('StatsAssembler.add()', () => {
  test('never changes a sample it gave out', () => {
    const assembler = new StatsAssembler();
    const deltas = lines(randomReports(3, 10)).map((line) => JSON.parse(line) as StatsDelta);
    const first = assembler.add(deltas[0]!);
    const copy = structuredClone(first);
    for (const delta of deltas.slice(1)) assembler.add(delta);
    expect(first).toEqual(copy);
  });
});
