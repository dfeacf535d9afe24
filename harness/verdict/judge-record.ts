import type { CallRecord } from '../call-record.ts';
import type { MetricAggregate } from '../metrics/aggregate.ts';
import { knownMetrics } from '../metrics/custom-metrics.ts';
import { deriveCall } from '../metrics/derive.ts';
import { PeerFigures } from '../metrics/peer-figures.ts';
import type { Plan } from '../plan/plan.ts';
import type { CallResult } from '../result.ts';
import { assembleStats } from '../stats/delta.ts';
import type { MetricSample, StatsDelta } from '../stats/sample.ts';
import { judgeCall } from './judge-call.ts';
import { isTolerated, mayBeKnown, withKnown } from './known.ts';
import { successOf } from './loads.ts';
import { CallObserver } from './observe.ts';
import { CallWitness } from './plausible.ts';

/** What of a plan a call's verdict depends on. */
export type JudgedPlan = Pick<Plan, 'scenario' | 'metrics' | 'known'>;

/** A peer's samples in a call, as they were kept; empty if there are none. Walked once. */
export type StatsOf = (call: string, role: string) => Iterable<StatsDelta | string>;

/** A call's verdict and its peers' figures. What it measured goes to `metrics`, unless it failed as is known. */
export function judgeRecord(
  plan: JudgedPlan,
  record: CallRecord,
  statsOf: StatsOf,
  metrics: MetricAggregate,
): { call: CallResult; figures: PeerFigures } {
  const figures = new PeerFigures(knownMetrics(plan.metrics));
  const observer = new CallObserver(record);
  const witness = new CallWitness(record);
  const roles = Object.keys(record.peers);
  const samples = Object.fromEntries(roles.map((role) => [role, assembleStats(statsOf(record.id, role))]));
  // What a known failure measured does not count; whether it is one is known at the end.
  const mayNotCount = mayBeKnown(plan, record);
  const held: MetricSample[] = [];
  for (const sample of deriveCall({ record, samples, onSample: observer.add })) {
    figures.add(sample);
    if (mayNotCount) held.push(sample);
    else metrics.add(sample);
    witness.add(sample);
  }
  const { roles: order } = plan.scenario;
  const call = withKnown(plan, judgeCall({ record, roles: order, figures, observer, witness }));
  if (!isTolerated(plan, call)) for (const sample of held) metrics.add(sample);
  for (const sample of successOf(record, call.status)) metrics.add(sample);
  return { call, figures };
}
