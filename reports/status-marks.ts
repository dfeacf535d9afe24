import type { Status } from '../harness/result.ts';

/** What a status looks like where there is room for one character. Never shown without its word or a legend. */
export const STATUS_MARKS: Record<Status, string> = {
  passed: '✓',
  failed: '✕',
  inconclusive: '?',
  unsupported: '–',
  errored: '!',
};

/** What a status means, for legends. */
export const STATUS_MEANINGS: Record<Status, string> = {
  passed: 'every check and threshold held',
  failed: 'a check or a threshold did not hold',
  inconclusive: 'not enough evidence for a verdict',
  unsupported: 'a browser cannot do this, as it said before the call',
  errored: 'the environment broke the call, not the product',
};

/** Statuses a reader has to act on, the most pressing first. */
export const TROUBLED: readonly Status[] = ['failed', 'errored', 'inconclusive', 'unsupported'];

/** Sorts the most pressing status first; equal ones stay in their order. */
export function byUrgency<Item extends { status: Status }>(items: readonly Item[]): Item[] {
  const urgency = (status: Status) =>
    TROUBLED.includes(status) ? TROUBLED.indexOf(status) : TROUBLED.length;
  return items.toSorted((a, b) => urgency(a.status) - urgency(b.status));
}
