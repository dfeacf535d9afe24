import type { Comparison, ComparisonRow, RunResult } from '../../harness/result.ts';
import {
  comparedFigures,
  describePair,
  formatAddedCost,
  formatMedian,
  formatSpread,
  networkSentence,
  overallRows,
  repetitionSentence,
  rowsByPair,
  untriedVariants,
} from '../comparison.ts';
import { printableLine } from '../printable.ts';
import { STATUS_MARKS } from '../status-marks.ts';
import { type Column, fittedTable } from './fitted-table.ts';
import { type Colors, wrap } from './ink.ts';

/** The variants, a line each over all pairs of browsers, and what the figures rest on. */
export function comparisonBlocks(
  comparison: Comparison,
  { environment }: RunResult,
  width: number,
  colors: Colors,
): string[][] {
  const rows = overallRows(comparison);
  const pairs = rowsByPair(comparison).map(({ pair }) => describePair(pair));
  const untried = untriedVariants(comparison).map(
    ({ why, variants }) => `Not tried: ${variants.join(', ')}. ${why}`,
  );
  const grounds = [...untried, networkSentence(environment, comparison), repetitionSentence(comparison)];
  return [
    fittedTable(columnsOf(comparison, rows), rows, ({ status }) => status, { width, colors }),
    [
      ...(pairs.length > 1
        ? wrap('', printableLine(`Pairs, in this order: ${pairs.join(', ')}.`), width)
        : []),
      ...grounds.flatMap((sentence) => wrap('', printableLine(sentence), width)),
    ].map(colors.dim),
  ];
}

function columnsOf(comparison: Comparison, rows: readonly ComparisonRow[]): Column<ComparisonRow>[] {
  const { axis, baseline } = comparison;
  return [
    { head: axis, of: ({ variant }) => printableLine(variant) },
    { head: 'pairs', of: (row) => pairMarks(comparison, row) },
    { head: 'connected', figure: true, of: connected },
    { head: 'connect p50 (p95)', figure: true, of: ({ metrics }) => formatSpread(metrics['connect_ms']) },
    ...(baseline === undefined
      ? []
      : [
          {
            head: `added to ${baseline} (95 % CI)`,
            figure: true as const,
            of: (row: ComparisonRow) => formatAddedCost(comparison, row, 'relay_penalty_ms'),
          },
        ]),
    ...comparedFigures(rows).map(({ title, metric }) => ({
      head: title,
      figure: true as const,
      of: (row: ComparisonRow) => formatMedian(row, metric),
    })),
  ];
}

function connected({ connected: up, attempted, unsupported }: ComparisonRow): string {
  return unsupported === undefined ? `${up}/${attempted}` : 'not tried';
}

/** `✓✓✕✓`: how each pair of browsers fared with the variant. */
function pairMarks(comparison: Comparison, { variant }: ComparisonRow): string {
  return rowsByPair(comparison)
    .map(({ rows }) => rows.find((row) => row.variant === variant))
    .map((row) => (row ? STATUS_MARKS[row.status] : ' '))
    .join('');
}
