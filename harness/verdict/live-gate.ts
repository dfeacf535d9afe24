import type { CallRecord } from '../call-record.ts';
import { MetricAggregate } from '../metrics/aggregate.ts';
import { deriveCall } from '../metrics/derive.ts';
import { type KnownMetrics, knownMetrics } from '../metrics/custom-metrics.ts';
import { PeerFigures } from '../metrics/peer-figures.ts';
import { isPenalty, Penalties } from '../metrics/penalties.ts';
import { isToleratedRecord } from './known.ts';
import { parseSelector } from '../metrics/selector.ts';
import type { Plan } from '../plan/plan.ts';
import { assembleStats } from '../stats/delta.ts';
import type { StatsDelta } from '../stats/sample.ts';
import { evaluateThreshold, type ThresholdSpec } from './thresholds.ts';

/**
 * Thresholds with `abortOnFail`, evaluated while the run goes on: after each call, over all calls that have ended.
 *
 * Penalties are those over the calls so far; the baseline's median still moves with each of its calls.
 * `delayAbortEval` counts from the start of the first call. Saturation is not considered here: the judge does that.
 *
 * @see https://grafana.com/docs/k6/latest/using-k6/thresholds/#abort-a-test-when-a-threshold-is-crossed
 */
export class LiveGate {
  readonly #watched: [metric: string, spec: ThresholdSpec][];
  #metrics: MetricAggregate | undefined;
  readonly #penalties: Penalties;
  readonly #isComparing: boolean;
  readonly #known: KnownMetrics;
  readonly #plan: Pick<Plan, 'known'>;
  #startMs = 0;

  constructor(plan: Pick<Plan, 'thresholds' | 'comparison' | 'metrics' | 'known'>) {
    const { thresholds, comparison, metrics } = plan;
    this.#plan = plan;
    this.#known = knownMetrics(metrics);
    this.#penalties = new Penalties(comparison);
    this.#watched = Object.entries(thresholds).flatMap(([metric, specs]) =>
      specs.filter(({ abortOnFail }) => abortOnFail).map((spec): [string, ThresholdSpec] => [metric, spec]),
    );
    this.#isComparing = this.#watched.some(([metric]) => isPenaltySelector(metric));
  }

  /** Whether there is anything to watch: else nothing need be derived while the run goes on. */
  get isArmed(): boolean {
    return this.#watched.length > 0;
  }

  /** Why the run shall stop now, as a sentence; `undefined` if it shall not. */
  add(record: CallRecord, statsOf: (role: string) => Iterable<StatsDelta | string>): string | undefined {
    this.#startMs ||= record.startMs;
    // What it measured does not count in the end.
    if (isToleratedRecord(this.#plan, record)) return undefined;
    const elapsedMs = record.endMs - this.#startMs;
    this.#metrics ??= new MetricAggregate({
      selectors: this.#watched.map(([metric]) => metric),
      known: this.#known,
      durationMs: 0,
    });
    const roles = Object.keys(record.peers);
    const samples = Object.fromEntries(roles.map((role) => [role, assembleStats(statsOf(role))]));
    const figures = new PeerFigures(this.#known);
    for (const sample of deriveCall({ record, samples })) {
      this.#metrics.add(sample);
      figures.add(sample);
    }
    this.#penalties.add(record, figures);
    const penalties = this.#derivePenalties();
    for (const [metric, spec] of this.#watched) {
      if (elapsedMs < (spec.delayAbortEvalMs ?? 0)) continue;
      const { status, actual } = evaluateThreshold(
        spec,
        (isPenaltySelector(metric) ? penalties : this.#metrics)?.values(metric),
      );
      if (status === 'failed') return `${metric}: expected ${spec.expression}, got ${actual} (abortOnFail)`;
    }
    return undefined;
  }

  /** Anew after every call: each call of the baseline moves its median. */
  #derivePenalties(): MetricAggregate | undefined {
    if (!this.#isComparing) return undefined;
    const selectors = this.#watched.map(([metric]) => metric);
    const aggregated = new MetricAggregate({ selectors, durationMs: 0 });
    for (const sample of this.#penalties.derive()) aggregated.add(sample);
    return aggregated;
  }
}

function isPenaltySelector(text: string): boolean {
  const metric = parseSelector(text, text, [])?.metric;
  return metric !== undefined && isPenalty(metric);
}
