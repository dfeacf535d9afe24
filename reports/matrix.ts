import { median } from './figures.ts';
import type { CallResult, CellResult, RunResult } from '../harness/result.ts';

/** One cell of the matrix with the calls made in it. */
export interface MatrixCell {
  cell: CellResult;
  /** In the order they were run. */
  calls: CallResult[];
  passed: number;
}

/** A scenario of variants, or of two roles, is a grid; anything else a list. */
export type Matrix =
  | {
      shape: 'grid';
      /** What the rows are, and what the columns: two roles; the axis of the variants and `browsers`. */
      down: string;
      across: string;
      columns: string[];
      /** A combination that is not in the run is `undefined`. */
      rows: { name: string; cells: (MatrixCell | undefined)[] }[];
    }
  | { shape: 'list'; roles: string[]; cells: MatrixCell[] };

/** Arranges a run's cells as people look for them: callers down, callees across; variants down, pairs across. */
export function arrangeMatrix(result: RunResult): Matrix {
  const cells = matrixCells(result);
  const axis = result.comparison?.axis ?? cells.find(({ cell }) => cell.variant)?.cell.variant?.axis;
  // Rooms of several sizes have no column in common.
  const sizes = new Set(cells.map(({ cell }) => Object.keys(cell.assignment).length));
  if (axis !== undefined && sizes.size < 2) {
    const pairOf = ({ cell }: MatrixCell) => describeCell(result, cell.assignment);
    const variantOf = ({ cell }: MatrixCell) => cell.variant?.name ?? '';
    return { shape: 'grid', down: axis, across: 'browsers', ...gridOf(cells, variantOf, pairOf) };
  }
  const [down, across, ...others] = result.scenario.roles;
  if (down === undefined || across === undefined || others.length > 0) {
    return { shape: 'list', roles: result.scenario.roles, cells };
  }
  const browserOf = (role: string) => (entry: MatrixCell) => entry.cell.assignment[role] ?? '';
  return { shape: 'grid', down, across, ...gridOf(cells, browserOf(down), browserOf(across)) };
}

type NameOf = (entry: MatrixCell) => string;

function gridOf(cells: MatrixCell[], rowOf: NameOf, columnOf: NameOf) {
  const columns = unique(cells.map(columnOf));
  const rows = unique(cells.map(rowOf)).map((name) => ({
    name,
    cells: columns.map((column) =>
      cells.find((entry) => rowOf(entry) === name && columnOf(entry) === column),
    ),
  }));
  return { columns, rows };
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

/** {@link describeCell} with the variant: `chrome → firefox, relay-tls`. */
export function cellTitle(
  result: RunResult,
  { assignment, variant }: Pick<CellResult, 'assignment' | 'variant'>,
): string {
  const pair = describeCell(result, assignment);
  return variant ? `${pair}, ${variant.name}` : pair;
}

/**
 * Whether media went directly or through a relay on either side, from the pairs of candidates both sides selected, as one
 * that learned of a relay from its check takes it for `prflx`: `direct`, `relayed`, `4 direct, 1 relayed`. `undefined` if
 * no call says so.
 */
export function routeTaken(calls: readonly CallResult[], roles: readonly string[]): string | undefined {
  const known = calls
    .map(({ peers }) => roles.flatMap((role) => peers[role]?.selectedPair ?? []))
    .filter((pairs) => pairs.length > 0);
  const relayed = known.filter((pairs) => pairs.some((pair) => /\brelay\b/.test(pair))).length;
  if (known.length === 0) return undefined;
  if (relayed === 0) return 'direct';
  return relayed === known.length ? 'relayed' : `${known.length - relayed} direct, ${relayed} relayed`;
}

function unique(names: string[]): string[] {
  return [...new Set(names)];
}
