import type { CallRecord } from '../call-record.ts';

/** The step that `hold()` records: a call's means are taken over it. */
export const HOLD_STEP = 'hold';

/**
 * The step that a stretch of time (epoch ms, harness's clock) lies in from end to end; the innermost if they nest.
 *
 * `undefined` if it begins or ends outside: what was measured across a border belongs to neither side.
 */
export function stepAround(
  { steps, endMs: callEndMs }: Pick<CallRecord, 'steps' | 'endMs'>,
  startMs: number,
  endMs: number,
): string | undefined {
  return steps
    .filter((step) => step.startMs <= startMs && endMs <= (step.endMs ?? callEndMs))
    .toSorted((a, b) => b.startMs - a.startMs)[0]?.name;
}
