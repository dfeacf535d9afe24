import { isInRange } from '../versions/version-name.mjs';
import type { CallResult, KnownFailureResult, Reason } from '../result.ts';
import type { BrowserRange, KnownFailure } from './known-failure.ts';

/** What a call is before its verdict: who plays it, and under which condition. */
export type Cast = Pick<CallResult, 'variant'> & {
  peers: Readonly<Record<string, { kind?: string | undefined; version?: string | undefined }>>;
};

/** The known failures that may show in a call, by its browsers and variant. */
export function expectedIn(call: Cast, failures: readonly KnownFailure[]): KnownFailure[] {
  return failures.filter(
    ({ browsers, variants }) =>
      (variants === undefined || variants.includes(call.variant?.name ?? '')) &&
      Object.entries(browsers).every(([role, range]) => isOf(call.peers[role], range)),
  );
}

/** A browser whose version nobody knows is of no range that has an end. */
function isOf(peer: Cast['peers'][string] | undefined, { kind, from, to }: BrowserRange): boolean {
  if (peer?.kind !== kind) return false;
  if (from === undefined && to === undefined) return true;
  return peer.version !== undefined && isInRange(peer.version, { from, to });
}

/**
 * The known failures that explain all that failed in a call; `undefined` if it did not fail, or if something failed that
 * none of them explains: a new failure beside a known one is a failure.
 */
export function explain(
  { status, reasons }: Pick<CallResult, 'status' | 'reasons'>,
  expected: readonly KnownFailure[],
): KnownFailure[] | undefined {
  const failed = reasons.filter((reason) => reason.status === 'failed');
  if (status !== 'failed' || failed.length === 0) return undefined;
  const found = failed.map((reason) => expected.find((known) => isSuch(reason, known)));
  return found.includes(undefined) ? undefined : [...new Set(found.filter((each) => each !== undefined))];
}

function isSuch({ kind, phase, name, message }: Reason, { failure }: KnownFailure): boolean {
  return (
    (failure.phase === undefined || failure.phase === phase) &&
    (failure.check === undefined || (kind === 'check' && (name ?? '').includes(failure.check))) &&
    (failure.message === undefined || message.includes(failure.message))
  );
}

/**
 * What became of each known failure that could have shown: seen, or gone, when every call that it was expected in passed.
 * Those of whose calls nothing is known are left out.
 */
export function reportKnown(
  calls: readonly CallResult[],
  failures: readonly KnownFailure[],
): KnownFailureResult[] {
  return failures.flatMap((known): KnownFailureResult[] => {
    const { id, reason, link, since } = known;
    const facts = { id, reason, since, ...(link !== undefined && { link }) };
    const seen = calls.filter((call) => call.known?.includes(id));
    if (seen.length > 0) return [{ ...facts, status: 'seen', calls: seen.map((call) => call.id) }];
    const expected = calls.filter((call) => expectedIn(call, [known]).length > 0);
    const isGone = expected.length > 0 && expected.every(({ status }) => status === 'passed');
    return isGone ? [{ ...facts, status: 'passes-now', calls: expected.map((call) => call.id) }] : [];
  });
}
