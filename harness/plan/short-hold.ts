import { renderDuration } from '../units.ts';
import type { RunOptions } from './plan.ts';

/** Samples must cover half of a hold, and the first comes up to an interval after it has begun. */
const LEAST_INTERVALS = 2;

/** What is to be said of calls that end before enough was sampled of them to judge them by; nothing of longer ones. */
export function shortHoldWarnings({ durationMs, statsIntervalMs }: RunOptions): string[] {
  if (durationMs >= LEAST_INTERVALS * statsIntervalMs) return [];
  const held = `calls are held for ${renderDuration(durationMs)} and sampled every ${renderDuration(statsIntervalMs)}`;
  const shorter = renderDuration(Math.max(1, Math.floor(durationMs / 4)));
  return [`${held}: that may be too little to judge them by (--stats-interval ${shorter})`];
}
