export interface Backoff {
  /** First wait, ms. */
  baseMs: number;
  /** Longest wait, ms. */
  maxMs: number;
}

export const DEFAULT_BACKOFF: Readonly<Backoff> = Object.freeze({ baseMs: 100, maxMs: 3000 });

/**
 * How long to wait before an attempt, ms: doubles each time up to a bound, and the upper half of it is chance, so
 * that the peers of a restarted server do not all come back at once.
 *
 * @param attempt from 0
 * @param random from 0 (included) to 1
 */
export function backoffDelayMs(attempt: number, { baseMs, maxMs }: Backoff, random: () => number): number {
  const fullMs = Math.min(maxMs, baseMs * 2 ** attempt);
  return (fullMs / 2) * (1 + random());
}
