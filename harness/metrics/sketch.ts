import { LogCollapsingLowestDenseDDSketch } from '@datadog/sketches-js';

/** Largest relative error of a percentile: 100 ms may read as 99.5 or 100.5. */
export const SKETCH_ACCURACY = 0.005;

/** Of these bins, each 1 % wide, 4096 span 17 orders of magnitude; what lies below shares the lowest. */
const MOST_BINS = 4096;

/** A sketch as JSON: how many values there were in each bin that has any. Its bins' borders are {@link SKETCH_ACCURACY}'s. */
export interface SketchState {
  count: number;
  sum: number;
  min: number;
  max: number;
  zeroes: number;
  positive: [bin: number, count: number][];
  negative: [bin: number, count: number][];
}

type Bins = LogCollapsingLowestDenseDDSketch['store'];

/**
 * How values are spread, in bounded memory: count, sum, least and greatest are exact, percentiles within
 * {@link SKETCH_ACCURACY} of the value. Sketches of parts, merged, are the sketch of the whole.
 *
 * @see https://www.vldb.org/pvldb/vol12/p2195-masson.pdf
 */
export class Sketch {
  readonly #sketch = new LogCollapsingLowestDenseDDSketch({
    relativeAccuracy: SKETCH_ACCURACY,
    binLimit: MOST_BINS,
  });

  get count(): number {
    return this.#sketch.count;
  }

  get sum(): number {
    return this.#sketch.sum;
  }

  /** `Infinity` of nothing. */
  get min(): number {
    return this.#sketch.min;
  }

  get max(): number {
    return this.#sketch.max;
  }

  add(value: number): void {
    this.#sketch.accept(value);
  }

  /** k6's percentile: linear between the two values on either side. `undefined` of nothing. */
  percentile(percentile: number): number | undefined {
    if (this.count === 0) return undefined;
    const position = (percentile / 100) * (this.count - 1);
    const below = Math.floor(position);
    const low = this.#valueAt(below);
    const high = position === below ? low : this.#valueAt(below + 1);
    return low + (high - low) * (position - below);
  }

  state(): SketchState {
    const { count, sum, min, max, zeroCount: zeroes, store, negativeStore } = this.#sketch;
    return { count, sum, min, max, zeroes, positive: filled(store), negative: filled(negativeStore) };
  }

  /** Bin by bin: the library's own merge (2.1) forgets negative values, and mistakes bin 0 for none. */
  merge({ count, sum, min, max, zeroes, positive, negative }: SketchState): void {
    const sketch = this.#sketch;
    for (const [bin, values] of positive) sketch.store.add(bin, values);
    for (const [bin, values] of negative) sketch.negativeStore.add(bin, values);
    sketch.zeroCount += zeroes;
    sketch.count += count;
    sketch.sum += sum;
    sketch.min = Math.min(sketch.min, min);
    sketch.max = Math.max(sketch.max, max);
  }

  /** The value at a place in ascending order, from 0. */
  #valueAt(rank: number): number {
    const { negativeStore, zeroCount, store, mapping, min, max } = this.#sketch;
    if (rank === 0) return min;
    if (rank === this.count - 1) return max;
    const fromZero = rank - negativeStore.count;
    if (fromZero < 0) return Math.max(min, -mapping.value(negativeStore.keyAtRank(-1 - fromZero)));
    if (fromZero < zeroCount) return 0;
    return Math.min(max, mapping.value(store.keyAtRank(fromZero - zeroCount)));
  }
}

function filled({ bins, offset }: Bins): [bin: number, count: number][] {
  return bins.flatMap((values, index): [number, number][] => (values > 0 ? [[index + offset, values]] : []));
}
