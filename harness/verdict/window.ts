import type { CallRecord } from '../call-record.ts';
import { HOLD_STEP } from '../metrics/steps.ts';
import type { Measurements } from './judge-record.ts';

/** A stretch of a run, epoch ms in the harness's clock. Empty if it ends before it begins. */
export interface Window {
  fromMs: number;
  untilMs: number;
}

/** The time in which all of the calls that got so far were held; `undefined` if none was. */
export async function timeAllHeld(
  records: Iterable<CallRecord> | AsyncIterable<CallRecord>,
): Promise<Window | undefined> {
  let [fromMs, untilMs] = [-Infinity, Infinity];
  for await (const { steps, endMs } of records) {
    const hold = steps.find(({ name }) => name === HOLD_STEP);
    if (!hold) continue;
    fromMs = Math.max(fromMs, hold.startMs);
    untilMs = Math.min(untilMs, hold.endMs ?? endMs);
  }
  return Number.isFinite(fromMs) ? { fromMs, untilMs } : undefined;
}

/** What was measured in holds counts inside the window alone; everything else as ever. */
export function within({ fromMs, untilMs }: Window, measurements: Measurements): Measurements {
  return {
    add(sample) {
      const { t, tags } = sample;
      if (tags['step'] === HOLD_STEP && (t < fromMs || t > untilMs)) return;
      measurements.add(sample);
    },
    merge: (group) => measurements.merge(group),
  };
}
