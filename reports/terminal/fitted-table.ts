import Table from 'cli-table3';
import type { Status } from '../../harness/result.ts';
import { colorMark, type Colors } from './ink.ts';

/** One column: its head, what it says of an entry; the later in the list, the sooner it is left out. */
export interface Column<Entry> {
  head: string;
  of: (entry: Entry) => string;
  figure?: true;
}

const PADDING = 2;

/** A table without lines, each row with its status's mark before it. Columns that do not fit the width are left out. */
export function fittedTable<Entry>(
  columns: readonly Column<Entry>[],
  entries: readonly Entry[],
  statusOf: (entry: Entry) => Status,
  { width, colors }: { width: number; colors: Colors },
): string[] {
  if (entries.length === 0) return [];
  const rows = entries.map((entry) => columns.map((column) => column.of(entry)));
  const shown = fitting(columns, rows, width);
  const table = new Table({
    head: ['', ...shown.map(({ head }) => colors.dim(head))],
    colAligns: ['left', ...shown.map(({ figure }) => (figure ? 'right' : 'left') as 'right' | 'left')],
    chars: BORDERS,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': PADDING },
  });
  for (const [index, entry] of entries.entries()) {
    table.push([colorMark(statusOf(entry), colors), ...(rows[index] ?? []).slice(0, shown.length)]);
  }
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}

/** As many columns from the left as there is room for, the first in any case. */
function fitting<Entry>(
  columns: readonly Column<Entry>[],
  rows: readonly string[][],
  width: number,
): Column<Entry>[] {
  let used = 1 + PADDING;
  const widths = columns.map(
    ({ head }, index) => Math.max(head.length, ...rows.map((row) => row[index]?.length ?? 0)) + PADDING,
  );
  const first = columns.findIndex((_, index) => {
    used += widths[index] ?? 0;
    return index > 0 && used - PADDING > width;
  });
  return columns.slice(0, first < 0 ? columns.length : first);
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
