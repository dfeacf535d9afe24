import { encodeDelta } from '../stats/delta.ts';
import type { RawStat, StatsDelta, StatsSample } from '../stats/sample.ts';

/** Until so much of the memory for raw samples waits for the disk, they only wait. */
const DELAY_ONLY = 1 / 2;
/** At most one of so many is kept while there is room at all. */
const SPARSEST = 16;

/**
 * One of how many raw samples of a connection is kept: all while at most half of the memory waits for the disk, then every
 * 2nd, 4th, 8th, 16th, and none when it is used up.
 */
export function keepOneOf(fill: number): number {
  if (fill >= 1) return Infinity;
  if (fill <= DELAY_ONLY) return 1;
  const steps = Math.log2(SPARSEST);
  return 2 ** Math.min(steps, 1 + Math.floor(((fill - DELAY_ONLY) / (1 - DELAY_ONLY)) * steps));
}

/**
 * The raw samples of one connection on their way to the disk. Those that are left out leave no gap: what follows is the
 * difference to the last one that was kept, and counts on from there.
 */
export class ThinnedLines {
  #seq: number | undefined;
  #kept: RawStat[] = [];
  #leftOut = 0;
  /** How many were left out in all. */
  thinned = 0;

  /** The line to write, if it is to be kept. `sample` is `undefined` where the agent's own line cannot be understood. */
  next(delta: StatsDelta, sample: StatsSample | undefined, oneOf: number): StatsDelta | undefined {
    if (!sample) return this.thinned === 0 ? delta : undefined;
    if (this.#leftOut + 1 < oneOf) {
      this.#leftOut++;
      this.thinned++;
      return undefined;
    }
    const line = this.#lineOf(delta, sample);
    this.#seq = line.seq;
    this.#kept = sample.stats;
    this.#leftOut = 0;
    return line;
  }

  #lineOf(delta: StatsDelta, { stats }: StatsSample): StatsDelta {
    if (this.thinned === 0) return delta;
    const seq = this.#seq === undefined ? 0 : this.#seq + 1;
    if (this.#leftOut === 0 || delta.full) return { ...delta, seq };
    const { t, connection, lateMs, costMs, heapBytes, listed } = delta;
    const before = seq > 0 ? new Map(this.#kept.map((stat) => [stat.id, stat])) : undefined;
    return {
      t,
      connection,
      seq,
      lateMs,
      costMs,
      ...(heapBytes !== undefined && { heapBytes }),
      ...(listed !== undefined && { listed }),
      ...encodeDelta(before, stats).delta,
    };
  }
}
