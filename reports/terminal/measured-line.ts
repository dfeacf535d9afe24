import type { RunEvent } from '../../harness/store/layout.ts';
import { formatFigure, plural } from '../figures.ts';

/** What a second of a load looks like in few words: the worst of each kind. */
const FIGURES = [
  ['fps_received', 'min', 'fps'],
  ['rtt_ms', 'p95', 'rtt p95'],
  ['packet_loss_ratio', 'max', 'loss up to'],
  ['timer_lateness_ms', 'p95', 'timers late p95'],
] as const;

/** `240 samples/s  fps 19.6  rtt p95 12 ms  …`; nothing while nobody measures. */
export function measuredLines(event: (RunEvent & { type: 'measured' }) | undefined): string[] {
  if (!event || event.samples === 0) return [];
  const { samples, thinned, metrics } = event;
  const figures = FIGURES.flatMap(([metric, field, words]) => {
    const summary = metrics[metric];
    const value = summary?.[field];
    return summary === undefined || value === undefined
      ? []
      : [`${words} ${formatFigure(value, summary.unit)}`];
  });
  const spared = thinned > 0 ? [`${plural(thinned, 'raw sample')} thinned out: the disk is slow`] : [];
  return [[`${samples} samples/s`, ...figures, ...spared].join('  ')];
}
