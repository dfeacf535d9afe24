import type { LoadResult, RunResult } from '../harness/result.ts';
import { ABSENT, formatFigure } from './figures.ts';

/** What is told of a load: a head and what stands under it, the less telling the later. */
export interface LoadFigure {
  head: string;
  of: (load: LoadResult) => string;
}

export const LOAD_FIGURES: readonly LoadFigure[] = [
  { head: 'completed', of: ({ completed }) => String(completed) },
  { head: 'failed', of: ({ failed }) => (failed === undefined ? ABSENT : String(failed)) },
  { head: 'cut off', of: ({ interrupted }) => String(interrupted) },
  { head: 'dropped', of: ({ dropped }) => String(dropped) },
  { head: 'VUs', of: ({ mostVus }) => String(mostVus) },
  { head: 'call, median', of: ({ iterationMs }) => formatFigure(iterationMs?.med, 'ms') },
  { head: 'p95', of: ({ iterationMs }) => formatFigure(iterationMs?.p95, 'ms') },
];

/** Whether a load's calls came to something: one none of whose calls ended proves nothing. */
export function loadStatus({ completed, failed = 0 }: LoadResult, { status }: RunResult) {
  if (completed === 0) return 'inconclusive';
  return failed > 0 && status === 'failed' ? 'failed' : 'passed';
}
