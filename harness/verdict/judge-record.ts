import type { CallRecord } from '../call-record.ts';
import type { SampleGroup } from '../metrics/aggregate.ts';
import { collectedSamples, type CollectedCall } from '../metrics/collected.ts';
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
export type JudgedPlan = Pick<Plan, 'scenario' | 'metrics' | 'known' | 'options'>;

/** A peer's samples in a call, as they were kept; empty if there are none. Walked once. */
export type StatsOf = (call: string, role: string) => Iterable<StatsDelta | string>;

/** What a call is judged by, beside its record. */
export interface CallEvidence {
  statsOf: StatsOf;
  /** What was measured while raw samples were left out. Absent: none were. */
  collected?: CollectedCall | undefined;
}

/** Takes what calls measured, sample by sample or many with the same tags at once. */
export interface Measurements {
  add(sample: MetricSample): void;
  merge(group: SampleGroup): void;
}

/** A call's verdict, its peers' figures and what its samples showed. What it measured goes to `metrics`, unless it failed as is known. */
export function judgeRecord(
  plan: JudgedPlan,
  record: CallRecord,
  { statsOf, collected }: CallEvidence,
  metrics: Measurements,
): { call: CallResult; figures: PeerFigures; observer: CallObserver } {
  const figures = new PeerFigures(knownMetrics(plan.metrics));
  const observer = new CallObserver(record);
  const witness = new CallWitness(record);
  const roles = Object.keys(record.peers);
  const samples = Object.fromEntries(roles.map((role) => [role, assembleStats(statsOf(record.id, role))]));
  // What a known failure measured does not count; whether it is one is known at the end.
  const mayNotCount = mayBeKnown(plan, record);
  const held: MetricSample[] = [];
  const peers = Object.entries(collected?.peers ?? {});
  const collectedFrom = new Map(peers.map(([role, { fromMs }]) => [role, fromMs]));
  for (const sample of deriveCall({ record, samples, collectedFrom, onSample: observer.add })) {
    figures.add(sample);
    if (mayNotCount) held.push(sample);
    else metrics.add(sample);
    witness.add(sample);
  }
  const groups = [...collectedGroups(record, collected)];
  for (const group of groups) {
    figures.merge(group);
    witness.merge(group);
  }
  for (const [role, peer] of peers) observer.replace(role, peer);
  const { roles: order } = plan.scenario;
  const toleratesSaturation = plan.options.saturation === 'tolerate';
  const judged = judgeCall({ record, roles: order, figures, observer, witness, toleratesSaturation });
  const call = withKnown(plan, judged);
  if (!isTolerated(plan, call)) {
    for (const sample of held) metrics.add(sample);
    for (const group of groups) metrics.merge(group);
    for (const sample of successOf(record, call.status)) metrics.add(sample);
  }
  return { call, figures, observer };
}

function* collectedGroups(record: CallRecord, collected: CollectedCall | undefined): Generator<SampleGroup> {
  for (const [role, own] of Object.entries(collected?.peers ?? {})) {
    const peer = record.peers[role];
    if (peer) yield* collectedSamples(record, peer, own);
  }
}
