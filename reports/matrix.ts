import { median } from './figures.ts';
import type { CallResult, CellResult, RunResult } from '../harness/result.ts';

/** One cell of the matrix with the calls made in it. */
export interface MatrixCell {
  cell: CellResult;
  /** In the order they were run. */
  calls: CallResult[];
  passed: number;
}

/** A scenario of two roles is a grid, anything else a list. */
export type Matrix =
  | {
      shape: 'grid';
      rowRole: string;
      columnRole: string;
      columns: string[];
      /** A combination that is not in the run is `undefined`. */
      rows: { browser: string; cells: (MatrixCell | undefined)[] }[];
    }
  | { shape: 'list'; roles: string[]; cells: MatrixCell[] };

/** Arranges a run's cells as people look for them: callers down, callees across. */
export function arrangeMatrix(result: RunResult): Matrix {
  const cells = matrixCells(result);
  const [rowRole, columnRole, ...others] = result.scenario.roles;
  if (rowRole === undefined || columnRole === undefined || others.length > 0) {
    return { shape: 'list', roles: result.scenario.roles, cells };
  }
  const browserOf = (role: string) => (entry: MatrixCell) => entry.cell.assignment[role] ?? '';
  const columns = unique(cells.map(browserOf(columnRole)));
  const rows = unique(cells.map(browserOf(rowRole))).map((browser) => ({
    browser,
    cells: columns.map((column) =>
      cells.find((entry) => browserOf(rowRole)(entry) === browser && browserOf(columnRole)(entry) === column),
    ),
  }));
  return { shape: 'grid', rowRole, columnRole, columns, rows };
}

/** The run's cells, each with its calls. */
export function matrixCells(result: RunResult): MatrixCell[] {
  const byId = new Map(result.calls.map((call) => [call.id, call]));
  return result.cells.map((cell) => {
    const calls = cell.calls.flatMap((id) => byId.get(id) ?? []);
    return { cell, calls, passed: calls.filter((call) => call.status === 'passed').length };
  });
}

/**
 * Typical time until a call got somewhere, ms: of each call that of its slower peer, as a call is up when both are; of
 * several calls the median. `undefined` if none got there.
 */
export function timeToBoth(
  calls: readonly CallResult[],
  metric: 'connect_ms' | 'first_frame_ms',
): number | undefined {
  return median(
    calls.flatMap(({ peers }) => {
      const times = Object.values(peers).flatMap(({ metrics }) => metrics[metric] ?? []);
      return times.length === 0 ? [] : Math.max(...times);
    }),
  );
}

/** `chrome → firefox`, in the scenario's role order. */
export function describeCell(result: RunResult, assignment: Record<string, string>): string {
  const { roles } = result.scenario;
  const browsers = roles.flatMap((role) => assignment[role] ?? []);
  return browsers.length === 0
    ? Object.values(assignment).join(' · ')
    : browsers.join(roles.length === 2 ? ' → ' : ' · ');
}

function unique(names: string[]): string[] {
  return [...new Set(names)];
}
