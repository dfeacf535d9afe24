import type { RunResult } from '../harness/result.ts';
import { callsInTrouble } from './comparison.ts';
import { matrixCells } from './matrix.ts';

/** Where there are more calls than a page holds: so many that did not pass, and so many of each cell. */
const MOST_IN_TROUBLE = 20;
const MOST_OF_CELL = 2;
/** Up to so many calls are all shown so. */
const FEW_CALLS = 100;

/**
 * Ids of the calls that a report shows in detail; the others are a line each. Of few calls all; of many the
 * first that did not pass, and the first and the longest of each cell.
 */
export function detailedCalls(result: RunResult): Set<string> {
  const { calls } = result;
  if (calls.length <= FEW_CALLS) return new Set(calls.map(({ id }) => id));
  const troubled = callsInTrouble(result).slice(0, MOST_IN_TROUBLE);
  const typical = matrixCells(result).flatMap(({ calls: own }) => [
    ...own.slice(0, 1),
    ...own.toSorted((a, b) => b.durationMs - a.durationMs).slice(0, MOST_OF_CELL - 1),
  ]);
  return new Set([...troubled, ...typical].map(({ id }) => id));
}
