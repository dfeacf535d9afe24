import { setTimeout as delay } from 'node:timers/promises';
import { TimeoutError } from '../errors.ts';

export interface DeadlineOptions {
  timeoutMs: number;
  /** What is awaited, to follow "waiting for": `the caller's page to join`. */
  what: string;
  /** What was seen last, asked only when the time is over. */
  lastSeen?: () => string | undefined;
  signal?: AbortSignal | undefined;
  details?: () => Record<string, unknown>;
}

/** Node's timers fire at once when told to wait longer: 24.8 days. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Waits for `work`, but no longer than `timeoutMs`, and not past an abort.
 *
 * @throws TimeoutError naming what was awaited and what was seen last; the signal's reason when aborted.
 */
export async function withDeadline<T>(work: Promise<T>, options: DeadlineOptions): Promise<T> {
  const { timeoutMs, what, lastSeen, signal, details } = options;
  const settled = new AbortController();
  const either = signal ? AbortSignal.any([signal, settled.signal]) : settled.signal;
  const tooLate = delay(Math.min(timeoutMs, LONGEST_TIMER_MS), undefined, { signal: either }).then(
    () => {
      const seen = lastSeen?.();
      throw new TimeoutError(
        `waiting for ${what} took longer than ${timeoutMs} ms${seen ? ` (last seen: ${seen})` : ''}`,
        {
          code: 'TIMEOUT',
          details: { timeoutMs, ...details?.() },
        },
      );
    },
    () => {
      signal?.throwIfAborted();
      return undefined as never;
    },
  );
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    settled.abort();
  }
}
