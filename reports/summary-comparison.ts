import type { Comparison, RunResult } from '../harness/result.ts';
import {
  comparedFigures,
  formatAddedCost,
  formatMedian,
  formatSpread,
  networkSentence,
  overallRows,
  repetitionSentence,
  untriedVariants,
} from './comparison.ts';
import { table, text } from './markdown.ts';
import { STATUS_MARKS } from './status-marks.ts';

/** The variants over all pairs of browsers, as Markdown that can be pasted into a pull request: a table, and what it rests on. */
export function summaryComparison(comparison: Comparison, { environment }: RunResult): string[] {
  const rows = overallRows(comparison);
  if (rows.length === 0) return [];
  const { axis, baseline } = comparison;
  const shown = comparedFigures(rows).filter(({ metric }) => metric !== 'recv_bitrate_bps');
  const head = [
    text(axis),
    'connected',
    'connect p50 (p95)',
    ...shown.map(({ title }) => title),
    ...(baseline === undefined ? [] : [`added vs ${text(baseline)} (95 % CI)`]),
  ];
  const cells = rows.map((row) => [
    `${STATUS_MARKS[row.status]} ${text(row.variant)}`,
    row.unsupported === undefined ? `${row.connected}/${row.attempted}` : 'not tried',
    formatSpread(row.metrics['connect_ms']),
    ...shown.map(({ metric }) => formatMedian(row, metric)),
    ...(baseline === undefined ? [] : [formatAddedCost(comparison, row, 'relay_penalty_ms')]),
  ]);
  const untried = untriedVariants(comparison).map(
    ({ why, variants }) => `Not tried: ${text(variants.join(', '))}. ${text(why)}`,
  );
  return [
    table([head, ...cells]),
    `${text(networkSentence(environment, comparison))} ${text(repetitionSentence(comparison))}`,
    ...untried,
  ];
}
