import picocolors from 'picocolors';
import type { CallResult, LoadResult, RunResult } from '../../harness/result.ts';
import { callsInTrouble } from '../comparison.ts';
import { findDifferences } from '../differences.ts';
import { ABSENT, formatFigure, median, plural } from '../figures.ts';
import { cellTitle, matrixCells, type MatrixCell, timeToBoth } from '../matrix.ts';
import { fleetSentence } from '../fleet.ts';
import { generatorText } from '../generator.ts';
import { statsSentence } from '../stats.ts';
import { LOAD_FIGURES, loadStatus } from '../loads.ts';
import { knownSentences } from '../known.ts';
import { printableLine } from '../printable.ts';
import { comparisonBlocks } from './comparison.ts';
import { differenceLines } from './differences.ts';
import { type Column, fittedTable } from './fitted-table.ts';
import { colorMark, type Colors, wrap } from './ink.ts';

export interface TableOptions {
  color: boolean;
  /** Columns of the terminal. What does not fit is left out from the right, figures before names. */
  width: number;
  /** Where the report is, as the reader can open it. */
  report?: string;
}

const MOST_CALLS = 10;

/** The end of a run in a terminal: cells with their figures, or the variants if it compares some, what broke, thresholds, the verdict, where the report is. */
export function renderTable(result: RunResult, { color, width, report }: TableOptions): string {
  const colors = picocolors.createColors(color);
  const blocks = [
    ...(result.comparison
      ? comparisonBlocks(result.comparison, result, width, colors)
      : [cellTable(result, width, colors)]),
    loadTable(result, width, colors),
    fleetLines(result, width, colors),
    generatorLines(result, width, colors),
    statsLines(result, width, colors),
    differenceLines(findDifferences(result), width, colors),
    troubledCalls(result, width, colors),
    knownLines(result, width, colors),
    thresholds(result, width, colors),
    [
      ...wrap(
        `${colorMark(result.status, colors)} ${colors.bold(result.status)}: `,
        printableLine(result.headline),
        width,
      ),
      ...(report === undefined ? [] : [`  report: ${report}`]),
    ],
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function cellTable(result: RunResult, width: number, colors: Colors): string[] {
  return fittedTable(columnsOf(result), matrixCells(result), ({ cell }) => cell.status, { width, colors });
}

/** What became of each load, and what it was in a line of its own. */
function loadTable(result: RunResult, width: number, colors: Colors): string[] {
  const { load: loads = [] } = result;
  const columns = [
    { head: 'load', of: ({ name }: LoadResult) => printableLine(name) },
    ...LOAD_FIGURES.map((figure) => ({ ...figure, figure: true as const })),
  ];
  const rows = fittedTable(columns, loads, (load) => loadStatus(load, result), { width, colors });
  const words = loads.flatMap(({ name, summary }) =>
    wrap('  ', printableLine(`${name}: ${summary}`), width).map(colors.dim),
  );
  return [...rows, ...words];
}

function fleetLines(result: RunResult, width: number, colors: Colors): string[] {
  const sentence = fleetSentence(result);
  return sentence === undefined ? [] : wrap('  ', printableLine(sentence), width).map(colors.dim);
}

function generatorLines(result: RunResult, width: number, colors: Colors): string[] {
  const text = generatorText(result);
  if (text === undefined) return [];
  const color = result.generator?.verdict === 'held' ? colors.dim : colors.yellow;
  return wrap('  ', printableLine(text), width).map(color);
}

function statsLines(result: RunResult, width: number, colors: Colors): string[] {
  const sentence = statsSentence(result);
  return sentence === undefined ? [] : wrap('  ', sentence, width).map(colors.yellow);
}

function columnsOf(result: RunResult): Column<MatrixCell>[] {
  const roles = result.scenario.roles;
  const both = roles.length === 2 ? ' → / ←' : '';
  return [
    {
      head: roles.join(roles.length === 2 ? ' → ' : ' · '),
      of: ({ cell }) => printableLine(cellTitle(result, cell)),
    },
    {
      head: 'passed',
      figure: true,
      of: ({ calls, passed }) => (calls.length === 0 ? 'not run' : `${passed}/${calls.length}`),
    },
    { head: 'connect', figure: true, of: ({ calls }) => formatFigure(timeToBoth(calls, 'connect_ms'), 'ms') },
    {
      head: 'first frame',
      figure: true,
      of: ({ calls }) => formatFigure(timeToBoth(calls, 'first_frame_ms'), 'ms'),
    },
    { head: 'RTT', figure: true, of: ({ cell }) => formatFigure(cell.metrics['rtt_ms']?.med, 'ms') },
    {
      head: `loss${both}`,
      figure: true,
      of: ({ calls }) => bothWays(calls, roles, 'packet_loss_ratio', 'ratio'),
    },
    { head: `fps${both}`, figure: true, of: ({ calls }) => bothWays(calls, roles, 'fps_received', 'fps') },
  ];
}

/** What each peer received, the first role's direction first: its media is what the last role receives. */
function bothWays(
  calls: readonly CallResult[],
  roles: readonly string[],
  metric: string,
  unit: string,
): string {
  const figures = roles.toReversed().map((role) => {
    const value = median(calls.flatMap((call) => call.peers[role]?.metrics[metric] ?? []));
    return formatFigure(value, unit).replace(/ fps$/, '');
  });
  return figures.every((one) => one === ABSENT) ? ABSENT : figures.join(' / ');
}

function troubledCalls(result: RunResult, width: number, colors: Colors): string[] {
  const troubled = callsInTrouble(result);
  const told = troubled.slice(0, MOST_CALLS).flatMap((call) => {
    const hints = call.reasons.flatMap(({ hint }) => hint ?? []).slice(0, 1);
    return [
      ...wrap(`${colorMark(call.status, colors)} ${call.id}  `, printableLine(call.headline), width),
      ...hints.flatMap((hint) => wrap('  → ', printableLine(hint), width).map(colors.dim)),
    ];
  });
  const more = troubled.length - MOST_CALLS;
  return more > 0 ? [...told, `  … and ${more} more`] : told;
}

function knownLines(result: RunResult, width: number, colors: Colors): string[] {
  const told = knownSentences(result).flatMap(({ sentence, isGone }) =>
    wrap(isGone ? '  ! ' : '  · ', printableLine(sentence), width),
  );
  return told.length > 0 ? [colors.bold('Known failures:'), ...told] : [];
}

function thresholds(result: RunResult, width: number, colors: Colors): string[] {
  return result.thresholds.flatMap(({ status, metric, expression, actual, unit, samples }) =>
    wrap(
      `${colorMark(status, colors)} `,
      `${printableLine(metric)}: ${printableLine(expression)}, ${samples === 0 ? 'no samples' : `got ${formatFigure(actual, unit)} (${plural(samples, 'sample')})`}`,
      width,
    ),
  );
}
