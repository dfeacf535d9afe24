import type { CallResult, RunResult } from '../harness/result.ts';
import { plural } from './figures.ts';

/** A sentence for each bug that was to be expected: what it is and what became of it. Those that are gone come first. */
export function knownSentences({ known }: RunResult): { sentence: string; isGone: boolean; link?: string }[] {
  if (!known) return [];
  const order = known.failures.toSorted((a, b) => a.status.localeCompare(b.status));
  return order.map(({ id, reason, since, status, calls, link }) => {
    const isGone = status === 'passes-now';
    const what = isGone
      ? `passes now in ${plural(calls.length, 'call')}: remove it, or end its version range`
      : `known since ${since}, ${known.mode === 'tolerate' ? 'tolerated' : 'not tolerated'}, in ${calls.join(', ')}`;
    return { sentence: `${id}: ${what}. ${reason}`, isGone, ...(link !== undefined && { link }) };
  });
}

/** Whether the run went on as if the call had not failed. */
export function isTolerated({ known }: RunResult, call: CallResult): boolean {
  return known?.mode === 'tolerate' && call.known !== undefined;
}
