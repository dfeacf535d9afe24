import type { RunResult } from '../harness/result.ts';
import { formatDuration, plural } from './figures.ts';

/** Whether the disk kept up with a load's stats; `undefined` where nothing is to be said of it. */
export function statsSentence({ stats }: Pick<RunResult, 'stats'>): string | undefined {
  if (!stats || stats.thinned === 0) return undefined;
  const { samples, thinned, thinnedCalls, longestDelayMs } = stats;
  const share = Number(((100 * thinned) / samples).toPrecision(2));
  return (
    `The disk did not keep up: ${thinned} of ${plural(samples, 'raw sample')} (${share} %) in ` +
    `${plural(thinnedCalls, 'call')} are not in the run's folder, others waited up to ${formatDuration(longestDelayMs)}. ` +
    'Metrics count all of them; charts have fewer points.'
  );
}
