import type { CallRecord, PeerRecord } from '../call-record.ts';
import type { StatsSample } from '../stats/sample.ts';
import type { MetricName } from './catalogue.ts';
import { Growth } from './growth.ts';
import { HOLD_STEP } from './steps.ts';

export interface LeakValue {
  metric: MetricName;
  value: number;
  /** Of the connection with whom; absent on what is the page's. */
  connection?: string;
}

/** Watches what must not grow while a call is held: what getStats() lists, the page's heap, the browser's memory. */
export class LeakWatch {
  readonly #hold: { startMs: number; endMs: number } | undefined;
  readonly #offsetMs: number | undefined;
  readonly #heap: Growth | undefined;
  readonly #memory: Growth | undefined;
  readonly #stats = new Map<string, Growth>();

  constructor({ steps, endMs }: CallRecord, { clock, process }: PeerRecord) {
    const hold = steps.findLast(({ name }) => name === HOLD_STEP);
    this.#hold = hold && { startMs: hold.startMs, endMs: hold.endMs ?? endMs };
    this.#offsetMs = clock?.offsetMs;
    this.#heap = this.#hold && new Growth(this.#hold);
    this.#memory = this.#hold && new Growth(this.#hold);
    for (const { t, pssBytes, peers } of process) {
      if (pssBytes !== undefined && peers > 0) this.#memory?.add(t, pssBytes / peers);
    }
  }

  add({ t, connection, stats, listed = stats.length, heapBytes }: StatsSample): void {
    if (!this.#hold || this.#offsetMs === undefined) return;
    const harnessMs = t - this.#offsetMs;
    if (heapBytes !== undefined) this.#heap?.add(harnessMs, heapBytes);
    const growth = this.#stats.get(connection) ?? new Growth(this.#hold);
    this.#stats.set(connection, growth);
    growth.add(harnessMs, listed);
  }

  *values(): Generator<LeakValue> {
    for (const [connection, growth] of this.#stats) {
      yield* known('stats_growth_per_min', growth, connection);
    }
    yield* known('heap_growth_bytes_per_min', this.#heap);
    yield* known('memory_growth_bytes_per_min', this.#memory);
  }
}

function* known(metric: MetricName, growth: Growth | undefined, connection?: string): Generator<LeakValue> {
  const value = growth?.perMinute();
  if (value !== undefined) yield { metric, value, ...(connection !== undefined && { connection }) };
}
