import picocolors from 'picocolors';
import type { CapacityResult } from '../../harness/capacity/capacity-result.ts';
import { levelColumns, levelsBySize, levelStatus } from '../capacity.ts';
import { describeFleet } from '../fleet.ts';
import { printableLine } from '../printable.ts';
import { fittedTable } from './fitted-table.ts';
import { colorMark, wrap } from './ink.ts';
import type { TableOptions } from './table.ts';

/** The end of a capacity search in a terminal: its levels by size, what made the calls, how many hold. */
export function renderCapacityTable(result: CapacityResult, { color, width, report }: TableOptions): string {
  const colors = picocolors.createColors(color);
  const columns = levelColumns(result).map((column) => ({ ...column, figure: true as const }));
  const rows = fittedTable(columns, levelsBySize(result), levelStatus, { width, colors });
  const { fleet, status, headline } = result;
  const verdict = `${colorMark(status, colors)} ${colors.bold(status)}: `;
  const blocks = [
    rows,
    fleet ? wrap('  ', printableLine(describeFleet(fleet)), width).map(colors.dim) : [],
    [
      ...wrap(verdict, printableLine(headline), width),
      ...(report === undefined ? [] : [`  report: ${report}`]),
    ],
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}
