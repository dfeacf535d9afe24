import type { Phase } from '../call-record.ts';
import { CallrigError, TimeoutError } from '../errors.ts';
import type { Peer } from '../peer/peer.ts';
import type { SignalingControl } from './controls.ts';
import type { Failure } from './disturbance-facts.ts';
import type { Fact } from './scenario.ts';

/** Where a call that cannot come about is to get stuck. */
export interface Stuck {
  phase: Phase;
  /** What the reason must contain: `the offer did not reach callee`. Default: anything. */
  naming?: string;
}

/** Whether any of the call's messages were hit: a fault that nobody felt proves nothing. */
export async function hitFact(signaling: Pick<SignalingControl, 'hits'>): Promise<Fact> {
  const hits = await signaling.hits();
  return {
    name: 'messages are hit',
    passed: hits > 0,
    expected: 'at least 1',
    actual: `${hits}`,
    phase: 'signaling',
  };
}

/** Whether a call that cannot come about fails, and where it must: told from both peers' marks. */
export async function stuckFacts(
  { error }: Failure,
  { offerer, answerer }: { offerer: Peer; answerer: Peer },
  expected: Stuck,
): Promise<Fact[]> {
  const found = error && (await whereStuck(error, offerer, answerer));
  const isThere = found?.phase === expected.phase && found.reason.includes(expected.naming ?? '');
  return [
    {
      name: 'the call fails',
      passed: error !== undefined,
      expected: 'an error',
      actual: error?.message ?? 'it works',
      phase: expected.phase,
    },
    {
      name: 'it fails where it must',
      passed: found ? isThere : undefined,
      expected: `${expected.phase}${expected.naming === undefined ? '' : `: ${expected.naming}`}`,
      actual: found ? `${found.phase}: ${found.reason}` : 'it works',
      phase: expected.phase,
    },
  ];
}

/** An error that names its phase is believed; where time ran out, the first that did not happen says it. */
async function whereStuck(
  error: Error,
  offerer: Peer,
  answerer: Peer,
): Promise<{ phase: Phase; reason: string }> {
  const phase = error instanceof CallrigError ? (error.details['phase'] as Phase | undefined) : undefined;
  if (!(error instanceof TimeoutError)) return { phase: phase ?? 'script', reason: error.message };
  const [ours, theirs] = await Promise.all([offerer.marks(answerer), answerer.marks(offerer)]);
  if (theirs.offerReceived === undefined)
    return { phase: 'signaling', reason: `the offer did not reach ${answerer.role}` };
  if (theirs.answerSent === undefined)
    return { phase: 'negotiation', reason: `${answerer.role} did not answer the offer` };
  if (ours.answerReceived === undefined)
    return { phase: 'signaling', reason: `the answer did not reach ${offerer.role}` };
  return { phase: phase ?? 'ice', reason: error.message };
}
