import type { CallRecord } from '../call-record.ts';
import { MetricAggregate } from '../metrics/aggregate.ts';
import { deriveCall } from '../metrics/derive.ts';
import type { Plan } from '../plan/plan.ts';
import { assembleStats } from '../stats/delta.ts';
import type { StatsDelta } from '../stats/sample.ts';
import { evaluateThreshold, type ThresholdSpec } from './thresholds.ts';

/**
 * Thresholds with `abortOnFail`, evaluated while the run goes on: after each call, over all calls that have ended.
 *
 * `delayAbortEval` counts from the start of the first call. Saturation is not considered here: the judge does that.
 *
 * @see https://grafana.com/docs/k6/latest/using-k6/thresholds/#abort-a-test-when-a-threshold-is-crossed
 */
export class LiveGate {
  readonly #watched: [metric: string, spec: ThresholdSpec][];
  #metrics: MetricAggregate | undefined;
  #startMs = 0;

  constructor({ thresholds }: Pick<Plan, 'thresholds'>) {
    this.#watched = Object.entries(thresholds).flatMap(([metric, specs]) =>
      specs.filter(({ abortOnFail }) => abortOnFail).map((spec): [string, ThresholdSpec] => [metric, spec]),
    );
  }

  /** Whether there is anything to watch: else nothing need be derived while the run goes on. */
  get isArmed(): boolean {
    return this.#watched.length > 0;
  }

  /** Why the run shall stop now, as a sentence; `undefined` if it shall not. */
  add(record: CallRecord, statsOf: (role: string) => Iterable<StatsDelta | string>): string | undefined {
    this.#startMs ||= record.startMs;
    const elapsedMs = record.endMs - this.#startMs;
    this.#metrics ??= new MetricAggregate({
      selectors: this.#watched.map(([metric]) => metric),
      durationMs: 0,
    });
    const roles = Object.keys(record.peers);
    const samples = Object.fromEntries(roles.map((role) => [role, assembleStats(statsOf(role))]));
    for (const sample of deriveCall({ record, samples })) this.#metrics.add(sample);
    for (const [metric, spec] of this.#watched) {
      if (elapsedMs < (spec.delayAbortEvalMs ?? 0)) continue;
      const { status, actual } = evaluateThreshold(spec, this.#metrics.values(metric));
      if (status === 'failed') return `${metric}: expected ${spec.expression}, got ${actual} (abortOnFail)`;
    }
    return undefined;
  }
}
