import Table from 'cli-table3';
import picocolors from 'picocolors';
import type { CallResult, RunResult } from '../../harness/result.ts';
import { ABSENT, formatFigure, median, plural } from '../figures.ts';
import { describeCell, matrixCells, type MatrixCell, timeToBoth } from '../matrix.ts';
import { printableLine } from '../printable.ts';
import { byUrgency } from '../status-marks.ts';
import { colorMark, type Colors, wrap } from './ink.ts';

export interface TableOptions {
  color: boolean;
  /** Columns of the terminal. What does not fit is left out from the right, figures before names. */
  width: number;
  /** Where the report is, as the reader can open it. */
  report?: string;
}

/** One column: its head, what it says of a cell; the later in the list, the sooner it is left out. */
interface Column {
  head: string;
  of: (entry: MatrixCell) => string;
  figure?: true;
}

const MOST_CALLS = 10;
const PADDING = 2;

/** The end of a run in a terminal: cells with their figures, what broke, thresholds, the verdict, where the report is. */
export function renderTable(result: RunResult, { color, width, report }: TableOptions): string {
  const colors = picocolors.createColors(color);
  const blocks = [
    cellTable(result, width, colors),
    troubledCalls(result, width, colors),
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
  const entries = matrixCells(result);
  if (entries.length === 0) return [];
  const rows = entries.map((entry) => columnsOf(result).map((column) => column.of(entry)));
  const shown = fitting(columnsOf(result), rows, width);
  const table = new Table({
    head: ['', ...shown.map(({ head }) => colors.dim(head))],
    colAligns: ['left', ...shown.map(({ figure }) => (figure ? 'right' : 'left') as 'right' | 'left')],
    chars: BORDERS,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': PADDING },
  });
  for (const [index, entry] of entries.entries()) {
    table.push([colorMark(entry.cell.status, colors), ...(rows[index] ?? []).slice(0, shown.length)]);
  }
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}

function columnsOf(result: RunResult): Column[] {
  const roles = result.scenario.roles;
  const both = roles.length === 2 ? ' → / ←' : '';
  return [
    {
      head: roles.join(roles.length === 2 ? ' → ' : ' · '),
      of: ({ cell }) => printableLine(describeCell(result, cell.assignment)),
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

function fitting(columns: readonly Column[], rows: readonly string[][], width: number): Column[] {
  let used = 1 + PADDING;
  const widths = columns.map(
    ({ head }, index) => Math.max(head.length, ...rows.map((row) => row[index]?.length ?? 0)) + PADDING,
  );
  return columns.filter((_, index) => {
    used += widths[index] ?? 0;
    return index === 0 || used - PADDING <= width;
  });
}

function troubledCalls({ calls }: RunResult, width: number, colors: Colors): string[] {
  const troubled = byUrgency(calls).filter(({ status }) => status !== 'passed');
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

function thresholds(result: RunResult, width: number, colors: Colors): string[] {
  return result.thresholds.flatMap(({ status, metric, expression, actual, unit, samples }) =>
    wrap(
      `${colorMark(status, colors)} `,
      `${printableLine(metric)}: ${printableLine(expression)}, ${samples === 0 ? 'no samples' : `got ${formatFigure(actual, unit)} (${plural(samples, 'sample')})`}`,
      width,
    ),
  );
}

const BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
} as const;
