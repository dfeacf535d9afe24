import { encodeDelta, type ReportSnapshot } from '../../stats/delta.ts';
import type { RawStat, StatsDelta } from '../../stats/sample.ts';
import { selectStats, type StatsDetail } from '../../stats/selected.ts';
import { now } from './clock.ts';

export interface StatsSource {
  remote: string;
  report: () => Promise<RawStat[]>;
  /** Whether its connection is closed: nothing is to be had of it any more. */
  isOver?: () => boolean;
}

/** A line that is lost spoils what follows it until the next whole sample. */
const WHOLE_EVERY = 60;

export interface StatsTimerOptions {
  intervalMs: number;
  /** Default `full`. */
  detail?: StatsDetail | undefined;
  /** Given the samples of all connections that were taken together. */
  push: (deltas: StatsDelta[]) => void;
}

/** Takes `getStats()` of every connection on a timer and pushes what changed. */
export class StatsTimer {
  #sources = new Map<string, { source: StatsSource; seq: number; snapshot?: ReportSnapshot }>();
  #push: (deltas: StatsDelta[]) => void;
  #detail: StatsDetail;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #intervalMs: number;
  #isStopped = false;
  /** Samples are taken one after another: two at a time would be deltas of the same report. */
  #queue: Promise<void> = Promise.resolve();

  constructor({ intervalMs, detail = 'full', push }: StatsTimerOptions) {
    this.#intervalMs = intervalMs;
    this.#detail = detail;
    this.#push = push;
    this.#schedule(performance.now() + intervalMs);
  }

  add(source: StatsSource): void {
    this.#sources.set(source.remote, { source, seq: 0 });
  }

  /** Takes one sample now. Resolves when it has been pushed; rejects if a report is not to be had, this time. */
  sample(lateMs = 0): Promise<void> {
    const taken = this.#queue.then(() => this.#takeAll(lateMs));
    this.#queue = taken.catch(() => {});
    return taken;
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#sources.clear();
  }

  #schedule(due: number): void {
    this.#timer = setTimeout(() => {
      const lateMs = Math.max(0, performance.now() - due);
      const goOn = () => {
        if (!this.#isStopped) this.#schedule(this.#next(due));
      };
      this.sample(lateMs).then(goOn, goOn);
    }, due - performance.now());
  }

  /** The next due time on the original grid that has not passed. */
  #next(due: number): number {
    const behind = Math.max(0, Math.floor((performance.now() - due) / this.#intervalMs));
    return due + (behind + 1) * this.#intervalMs;
  }

  async #takeAll(lateMs: number): Promise<void> {
    const deltas: StatsDelta[] = [];
    try {
      for (const entry of this.#sources.values()) deltas.push(...(await this.#take(entry, lateMs)));
    } finally {
      if (deltas.length > 0) this.#push(deltas);
    }
  }

  /** None of a connection that has closed meanwhile. */
  async #take(
    entry: { source: StatsSource; seq: number; snapshot?: ReportSnapshot },
    lateMs: number,
  ): Promise<StatsDelta[]> {
    const started = performance.now();
    const t = now();
    const whole = await entry.source.report();
    if (entry.source.isOver?.()) return [];
    const isSelected = this.#detail === 'selected';
    const report = isSelected ? selectStats(whole) : whole;
    const previous = entry.seq % WHOLE_EVERY === 0 ? undefined : entry.snapshot;
    const { delta, snapshot } = encodeDelta(previous, report);
    entry.snapshot = snapshot;
    const costMs = performance.now() - started;
    const heap = heapBytes();
    const sample: StatsDelta = {
      t,
      connection: entry.source.remote,
      seq: entry.seq++,
      lateMs,
      costMs,
      ...(heap !== undefined && { heapBytes: heap }),
      ...(isSelected && { listed: whole.length }),
      ...delta,
    };
    return [sample];
  }
}

/** Chromium's alone; to the byte with `--enable-precise-memory-info`, else in coarse steps and seldom renewed. */
function heapBytes(): number | undefined {
  const { memory } = performance as Performance & { memory?: { usedJSHeapSize?: number } };
  return memory?.usedJSHeapSize;
}
