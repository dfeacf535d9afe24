import type { MetricName } from '../harness/metrics/catalogue.ts';
import type { Comparison, ComparisonRow, RunResult } from '../harness/result.ts';
import {
  formatAddedCost,
  formatSpread,
  networkSentence,
  overallRows,
  repetitionSentence,
  untriedVariants,
} from './comparison.ts';
import { ABSENT, formatFigure } from './figures.ts';
import { table, text } from './markdown.ts';
import { STATUS_MARKS } from './status-marks.ts';

/** The variants over all pairs of browsers, as Markdown that can be pasted into a pull request: a table, and what it rests on. */
export function summaryComparison(comparison: Comparison, { environment }: RunResult): string[] {
  const rows = overallRows(comparison);
  if (rows.length === 0) return [];
  const { axis, baseline } = comparison;
  const head = [
    text(axis),
    'connected',
    'connect p50 (p95)',
    'first frame',
    'TURN allocate',
    'rtt',
    'loss',
    ...(baseline === undefined ? [] : [`added vs ${text(baseline)} (95 % CI)`]),
  ];
  const cells = rows.map((row) => [
    `${STATUS_MARKS[row.status]} ${text(row.variant)}`,
    row.unsupported === undefined ? `${row.connected}/${row.attempted}` : 'not tried',
    formatSpread(row.metrics['connect_ms']),
    median(row, 'first_frame_ms'),
    median(row, 'turn_allocate_ms'),
    median(row, 'rtt_ms'),
    median(row, 'packet_loss_ratio'),
    ...(baseline === undefined ? [] : [formatAddedCost(comparison, row, 'relay_penalty_ms')]),
  ]);
  const untried = untriedVariants(comparison).map(
    ({ why, variants }) => `Not tried: ${text(variants.join(', '))}. ${text(why)}`,
  );
  return [
    table([head, ...cells]),
    `${text(networkSentence(environment))} ${text(repetitionSentence(comparison))}`,
    ...untried,
  ];
}

function median({ metrics }: ComparisonRow, metric: MetricName): string {
  const spread = metrics[metric];
  return spread ? formatFigure(spread.p50, spread.unit) : ABSENT;
}
