import type { RawStat, StatsDelta, StatsSample } from './sample.ts';

/** What {@link encodeDelta} fills of a {@link StatsDelta}; the agent adds the rest. */
export type EncodedReport = Pick<StatsDelta, 'full' | 'timestamp' | 'changed' | 'removed' | 'unset'>;

/** The report a delta was made from, by stats id: the `previous` of the next call. */
export type ReportSnapshot = ReadonlyMap<string, RawStat>;

/**
 * Lossless difference of a report to the one before; the whole report (`full`) if there is none.
 *
 * Runs inside the page. `report` is what `RTCStatsReport.values()` yields. The order of the objects is not kept.
 */
export function encodeDelta(
  previous: ReportSnapshot | undefined,
  report: Iterable<RawStat>,
): { delta: EncodedReport; snapshot: ReportSnapshot } {
  const snapshot = new Map<string, RawStat>();
  for (const stat of report) snapshot.set(stat.id, stat);

  const timestamp = commonTimestamp(snapshot);
  const delta: EncodedReport = { changed: dictionary() };
  if (!previous) delta.full = true;
  if (timestamp !== undefined) delta.timestamp = timestamp;

  for (const [id, stat] of snapshot) {
    const before = previous?.get(id);
    const fields = changedFields(before, stat, timestamp);
    if (fields) delta.changed[id] = fields;
    const gone = before && Object.keys(before).filter((key) => own(stat, key) === undefined);
    if (gone?.length) (delta.unset ??= dictionary())[id] = gone;
  }
  for (const id of previous?.keys() ?? []) {
    if (!snapshot.has(id)) (delta.removed ??= []).push(id);
  }
  return { delta, snapshot };
}

/** Nearly every object of a report has one timestamp: said once, it need not be repeated for each. */
function commonTimestamp(snapshot: ReportSnapshot): number | undefined {
  const counts = new Map<number, number>();
  for (const { timestamp } of snapshot.values()) counts.set(timestamp, (counts.get(timestamp) ?? 0) + 1);
  let common: number | undefined;
  for (const [timestamp, count] of counts) {
    if (common === undefined || count > counts.get(common)!) common = timestamp;
  }
  return common;
}

/** `undefined` if the object stayed as it was but for the report's common timestamp. */
function changedFields(
  before: RawStat | undefined,
  stat: RawStat,
  timestamp: number | undefined,
): Record<string, unknown> | undefined {
  let fields: Record<string, unknown> | undefined;
  for (const [key, value] of Object.entries(stat)) {
    if (key === 'id' || value === undefined) continue;
    const isKnown = key === 'timestamp' ? value === timestamp : before && same(own(before, key), value);
    if (!before || !isKnown) (fields ??= dictionary<unknown>())[key] = value;
  }
  return fields;
}

/** Values are primitives, or small dictionaries such as `qualityLimitationDurations`. */
function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  return typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b);
}

/** Ids and fields are the browser's to choose: `constructor` is a name like any other. */
function own(stat: RawStat, key: string): unknown {
  return Object.hasOwn(stat, key) ? stat[key] : undefined;
}

function dictionary<Value>(): Record<string, Value> {
  return Object.create(null) as Record<string, Value>;
}

/** Samples that could not be put together again. */
export interface StatsGap {
  /** `undefined` when the line could not be read at all. */
  connection?: string;
  /** The `seq` that was due, and the one that came. */
  expectedSeq?: number;
  gotSeq?: number;
  message: string;
}

/**
 * Puts reports together again, one delta at a time. Keeps one report for each connection, however long the call.
 *
 * After a gap in `seq` nothing can be trusted until the next `full` sample: deltas until then are dropped and the
 * gap is reported once. A delta that was seen before is ignored.
 */
export class StatsAssembler {
  readonly #connections = new Map<string, { nextSeq: number; stats?: Map<string, RawStat> }>();
  readonly #onGap: (gap: StatsGap) => void;

  constructor({ onGap = () => {} }: { onGap?: (gap: StatsGap) => void } = {}) {
    this.#onGap = onGap;
  }

  /** The whole report, or `undefined` if it was dropped. */
  add(delta: StatsDelta): StatsSample | undefined {
    const { connection, seq } = delta;
    const known = this.#connections.get(connection);
    const nextSeq = known?.nextSeq ?? 0;
    if (!delta.full && known && seq < nextSeq) return undefined;
    if (!delta.full && (seq !== nextSeq || !known?.stats)) {
      const first = !known || known.stats !== undefined;
      this.#connections.set(connection, { nextSeq: seq + 1 });
      if (first) this.#onGap(gapOf(connection, nextSeq, seq));
      return undefined;
    }
    const stats = applyDelta(delta.full ? new Map<string, RawStat>() : known!.stats!, delta);
    this.#connections.set(connection, { nextSeq: seq + 1, stats });
    const { t, lateMs, costMs, heapBytes, listed } = delta;
    const more = {
      ...(heapBytes !== undefined && { heapBytes }),
      ...(listed !== undefined && { listed }),
    };
    return { t, connection, seq, lateMs, costMs, ...more, stats: [...stats.values()] };
  }
}

function gapOf(connection: string, expectedSeq: number, gotSeq: number): StatsGap {
  const message = `stats of the connection to "${connection}" jump from ${expectedSeq - 1} to ${gotSeq}; dropped until the next full sample`;
  return { connection, expectedSeq, gotSeq, message };
}

function applyDelta(before: ReadonlyMap<string, RawStat>, delta: StatsDelta): Map<string, RawStat> {
  const stats = new Map<string, RawStat>();
  const removed = new Set(delta.removed);
  const unset = new Map(Object.entries(delta.unset ?? {}));
  for (const [id, stat] of before) {
    if (removed.has(id)) continue;
    const next: RawStat = { ...stat, timestamp: delta.timestamp ?? stat.timestamp };
    for (const key of unset.get(id) ?? []) delete next[key];
    stats.set(id, next);
  }
  for (const [id, fields] of Object.entries(delta.changed)) {
    stats.set(id, { ...stats.get(id), ...fields, id } as RawStat);
  }
  return stats;
}

/**
 * The samples in the lines of a `<role>.stats.jsonl`, one by one; lines may be parsed already.
 *
 * A last line that a crash cut short is no gap. Any other line that cannot be read is reported, and what it held is
 * missing from the samples that follow until the next `full` one.
 */
export function* assembleStats(
  lines: Iterable<string | StatsDelta>,
  options: { onGap?: (gap: StatsGap) => void } = {},
): Generator<StatsSample> {
  const assembler = new StatsAssembler(options);
  let unreadable: number | undefined;
  let number = 0;
  for (const line of lines) {
    number++;
    if (unreadable !== undefined) {
      options.onGap?.({ message: `line ${unreadable} of the stats is not a sample` });
      unreadable = undefined;
    }
    if (typeof line === 'string' && line.trim() === '') continue;
    const delta = parseStatsDelta(line);
    if (!delta) unreadable = number;
    const sample = delta && assembler.add(delta);
    if (sample) yield sample;
  }
}

/** All samples at once: {@link assembleStats} for short calls and tests. */
export function applyDeltas(lines: Iterable<string | StatsDelta>): StatsSample[] {
  return [...assembleStats(lines)];
}

/** One line of a `<role>.stats.jsonl`; `undefined` if it is not a delta. */
export function parseStatsDelta(line: string | StatsDelta): StatsDelta | undefined {
  try {
    const value: unknown = typeof line === 'string' ? JSON.parse(line) : line;
    return isStatsDelta(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isStatsDelta(value: unknown): value is StatsDelta {
  if (typeof value !== 'object' || value === null) return false;
  const { t, connection, seq, lateMs, costMs, changed } = value as Partial<Record<keyof StatsDelta, unknown>>;
  const numbers = [t, seq, lateMs, costMs].every(Number.isFinite);
  return numbers && typeof connection === 'string' && typeof changed === 'object' && changed !== null;
}
