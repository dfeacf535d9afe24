import { createRandom } from '../random.ts';
import type { Distribution } from '../result.ts';

/** k6's percentile: linear between the two values on either side. `sorted` is not empty. */
export function percentileOf(sorted: ArrayLike<number>, percentile: number): number {
  const position = (percentile / 100) * (sorted.length - 1);
  const below = Math.floor(position);
  const [low, high] = [sorted[below]!, sorted[Math.min(below + 1, sorted.length - 1)]!];
  return low + (high - low) * (position - below);
}

/** The median as {@link percentileOf} says it; `undefined` of nothing. */
export function medianOf(values: readonly number[]): number | undefined {
  return values.length ? percentileOf(values.toSorted(ascending), 50) : undefined;
}

/** With fewer calls an interval says more about the method than about the calls. */
const MIN_CALLS_FOR_INTERVAL = 5;
const RESAMPLES = 2000;
const MAX_VALUES = 200;

export interface DistributionOptions {
  /**
   * The values, call by call. The peers of a call share its fate: to resample them one by one would make five calls
   * look like ten, and the interval too narrow.
   */
  calls: readonly (readonly number[])[];
  unit: string;
  /** The same seed and values, the same interval. */
  seed: number;
}

/** How values are spread; `undefined` if there are none. */
export function distributionOf({ calls, unit, seed }: DistributionOptions): Distribution | undefined {
  const sorted = calls.flat().toSorted(ascending);
  if (sorted.length === 0) return undefined;
  const ci = medianInterval(calls, seed);
  return {
    unit,
    samples: sorted.length,
    p50: percentileOf(sorted, 50),
    p95: percentileOf(sorted, 95),
    min: sorted[0]!,
    max: sorted.at(-1)!,
    ...(ci && { ci }),
    values: pickEvenly(sorted, MAX_VALUES),
  };
}

/**
 * 95 % confidence interval of the median by percentile bootstrap over calls; `undefined` with fewer than 5.
 *
 * @see https://en.wikipedia.org/wiki/Bootstrapping_(statistics)#Methods_for_bootstrap_confidence_intervals
 */
export function medianInterval(
  calls: readonly (readonly number[])[],
  seed: number,
): [low: number, high: number] | undefined {
  const measured = calls.filter(({ length }) => length > 0);
  if (measured.length < MIN_CALLS_FOR_INTERVAL) return undefined;
  const values = measured
    .flatMap((call, index) => call.map((value) => ({ value, index })))
    .toSorted((a, b) => a.value - b.value);
  const sorted = Float64Array.from(values, ({ value }) => value);
  const callOf = Uint32Array.from(values, ({ index }) => index);
  const random = createRandom(seed);
  const drawn = new Uint32Array(measured.length);
  const medians = Float64Array.from({ length: RESAMPLES }, () => {
    drawn.fill(0);
    let total = 0;
    for (let n = 0; n < measured.length; n++) {
      const index = Math.floor(random() * measured.length);
      drawn[index]!++;
      total += measured[index]!.length;
    }
    return weightedMedian(sorted, callOf, drawn, total);
  }).toSorted();
  return [percentileOf(medians, 2.5), percentileOf(medians, 97.5)];
}

/** The median of `sorted` when each value is there as often as its call was drawn, `total` times in all. */
function weightedMedian(
  sorted: Float64Array,
  callOf: Uint32Array,
  drawn: Uint32Array,
  total: number,
): number {
  const [lower, upper] = [Math.floor((total - 1) / 2), Math.floor(total / 2)];
  let [seen, at] = [drawn[callOf[0]!]!, 0];
  while (seen <= lower) seen += drawn[callOf[++at]!]!;
  const low = sorted[at]!;
  while (seen <= upper) seen += drawn[callOf[++at]!]!;
  return (low + sorted[at]!) / 2;
}

/** First and last, and as many between at even distances. */
function pickEvenly(sorted: readonly number[], most: number): number[] {
  if (sorted.length <= most) return [...sorted];
  return Array.from({ length: most }, (_, n) => sorted[Math.round((n * (sorted.length - 1)) / (most - 1))]!);
}

function ascending(a: number, b: number): number {
  return a - b;
}
