import type { CallRecord } from '../call-record.ts';
import { expectedIn, explain, reportKnown } from '../known/match.ts';
import type { KnownFailure } from '../known/known-failure.ts';
import type { Plan } from '../plan/plan.ts';
import type { CallResult, Reason, RunResult } from '../result.ts';
import { recordedVerdict } from './judge-call.ts';

/** Whether a known failure may show in a call, as its browsers and its variant are. */
export function mayBeKnown(plan: Pick<Plan, 'known'>, record: CallRecord): boolean {
  return expectedOf(plan, record).length > 0;
}

/** Whether a call that has just ended broke only as is known and tolerated, by its record: nothing to stop a run for. */
export function isToleratedRecord(plan: Pick<Plan, 'known'>, record: CallRecord): boolean {
  return (
    plan.known?.mode === 'tolerate' &&
    explain(recordedVerdict(record), expectedOf(plan, record)) !== undefined
  );
}

function expectedOf({ known }: Pick<Plan, 'known'>, { peers, variant }: CallRecord): KnownFailure[] {
  const cast = Object.values(peers).map(({ role, kind, browserVersion: version }) => [
    role,
    { kind, version },
  ]);
  const call = { peers: Object.fromEntries(cast) as Record<string, object>, ...(variant && { variant }) };
  return expectedIn(call, known?.failures ?? []);
}

/** The call with the known failures that explain it, if they do. */
export function withKnown({ known }: Pick<Plan, 'known'>, call: CallResult): CallResult {
  const found = known && explain(call, expectedIn(call, known.failures));
  return found ? { ...call, known: found.map(({ id }) => id) } : call;
}

/** Whether a call that failed as is known does not count against the run: neither its verdict nor what was measured. */
export function isTolerated({ known }: Pick<Plan, 'known'>, call: CallResult): boolean {
  return known?.mode === 'tolerate' && call.known !== undefined;
}

/** The bugs that were to be expected, and what became of them; absent if there were none. */
export function knownResult({ known }: Plan, calls: readonly CallResult[]): Pick<RunResult, 'known'> {
  const failures = known ? reportKnown(calls, known.failures) : [];
  return known && failures.length > 0 ? { known: { mode: known.mode, failures } } : {};
}

/** A run in which nothing passed proves nothing, also if all of it is explained. */
export function onlyKnownReason(plan: Plan, calls: readonly CallResult[]): Reason | undefined {
  const known = calls.filter((call) => isTolerated(plan, call));
  const isOnly = known.length > 0 && !calls.some(({ status }) => status === 'passed');
  if (!isOnly) return undefined;
  const ids = [...new Set(known.flatMap((call) => call.known ?? []))].join(', ');
  return {
    kind: 'no-evidence',
    status: 'inconclusive',
    message: `no call passed: ${known.length} of ${calls.length} failed as is known (${ids})`,
  };
}
