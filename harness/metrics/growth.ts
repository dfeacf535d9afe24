/** Into how many stretches a hold is cut; of each only the least value counts, as garbage waits to be collected. */
const STRETCHES = 24;
/** Browsers grow while they warm up: the first third proves nothing. */
const WARM_UP = STRETCHES / 3;
/** With fewer stretches that hold a value nothing can be told from noise. */
const MIN_STRETCHES = 5;
/** Of the standard normal distribution: 5 % on either side. */
const Z = 1.645;
const MINUTE_MS = 60_000;

/**
 * How fast something grows, told robustly: no single value, however far off, makes a leak. Keeps one value for each
 * stretch of the time it is told of, however many are added.
 *
 * Sen's slope: of the slopes between every two stretches the one that 95 % of the evidence is above (Kendall's variance).
 *
 * @see https://en.wikipedia.org/wiki/Theil%E2%80%93Sen_estimator
 */
export class Growth {
  readonly #startMs: number;
  readonly #stretchMs: number;
  readonly #least = new Map<number, { t: number; value: number }>();

  constructor({ startMs, endMs }: { startMs: number; endMs: number }) {
    this.#startMs = startMs;
    this.#stretchMs = (endMs - startMs) / STRETCHES;
  }

  /** What lies outside the time is left out. */
  add(t: number, value: number): void {
    const stretch = Math.floor((t - this.#startMs) / this.#stretchMs);
    if (!(stretch >= WARM_UP && stretch < STRETCHES)) return;
    const least = this.#least.get(stretch);
    if (!least || value < least.value) this.#least.set(stretch, { t, value });
  }

  /** At least so much a minute; 0 when it may as well stand still. `undefined` with too little to tell. */
  perMinute(): number | undefined {
    const points = [...this.#least.values()].toSorted((a, b) => a.t - b.t);
    if (points.length < MIN_STRETCHES) return undefined;
    const slopes = points
      .flatMap((from, index) =>
        points.slice(index + 1).map((to) => (to.value - from.value) / (to.t - from.t)),
      )
      .filter(Number.isFinite)
      .toSorted((a, b) => a - b);
    const n = points.length;
    const spread = Z * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
    const surely = slopes[Math.floor((slopes.length - spread) / 2)];
    return surely === undefined ? undefined : Math.max(0, surely) * MINUTE_MS;
  }
}
