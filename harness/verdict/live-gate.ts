import type { CallRecord } from '../call-record.ts';
import { MetricAggregate } from '../metrics/aggregate.ts';
import type { CollectedCall } from '../metrics/collected.ts';
import { definitionOf, type KnownMetrics, knownMetrics } from '../metrics/custom-metrics.ts';
import { isPenalty, Penalties } from '../metrics/penalties.ts';
import { metricOf } from '../metrics/selector.ts';
import type { Plan } from '../plan/plan.ts';
import type { StatsDelta } from '../stats/sample.ts';
import type { RunEvent } from '../store/layout.ts';
import { type JudgedPlan, judgeRecord } from './judge-record.ts';
import { isTolerated } from './known.ts';
import { evaluateThreshold, type MetricValues, type ThresholdSpec } from './thresholds.ts';

/** A threshold with `abortOnFail` that was breached while the run went on. */
export interface Crossed {
  metric: string;
  expression: string;
  actual: number;
}

/** `connect_ms: expected max<1, got 396 (abortOnFail)`. */
export function describeCrossed({ metric, expression, actual }: Crossed): string {
  return `${metric}: expected ${expression}, got ${Number(actual.toPrecision(6))} (abortOnFail)`;
}

type Gated = JudgedPlan & Pick<Plan, 'thresholds' | 'comparison'>;

/**
 * Thresholds with `abortOnFail`, evaluated while the run goes on, over all calls that have ended and what is told of the
 * loads.
 *
 * Penalties are those over the calls so far; the baseline's median still moves with each of its calls.
 * `delayAbortEval` counts from the start of the first call, and so does the rate of a counter. Whether the generator was
 * saturated all in all is not considered here: the judge does that.
 *
 * @see https://grafana.com/docs/k6/latest/using-k6/thresholds/#abort-a-test-when-a-threshold-is-crossed
 */
export class LiveGate {
  readonly #watched: [metric: string, spec: ThresholdSpec][];
  readonly #metrics: MetricAggregate;
  readonly #penalties: Penalties;
  readonly #isComparing: boolean;
  readonly #known: KnownMetrics;
  readonly #plan: Gated;
  #startMs: number | undefined;

  constructor(plan: Gated) {
    const { thresholds, comparison, metrics } = plan;
    this.#plan = plan;
    this.#known = knownMetrics(metrics);
    this.#penalties = new Penalties(comparison);
    this.#watched = Object.entries(thresholds).flatMap(([metric, specs]) =>
      specs.filter(({ abortOnFail }) => abortOnFail).map((spec): [string, ThresholdSpec] => [metric, spec]),
    );
    this.#isComparing = this.#watched.some(([selector]) => isPenalty(metricOf(selector)));
    this.#metrics = this.#aggregate();
  }

  /** Whether there is anything to watch: else nothing need be derived while the run goes on. */
  get isArmed(): boolean {
    return this.#watched.length > 0;
  }

  /** What is measured by no call: when the first began, and iterations that were due and could not begin. */
  note(event: RunEvent): void {
    if (event.type === 'call-started') this.#startMs ??= event.t;
    if (event.type !== 'dropped-iterations') return;
    const { t, load, count } = event;
    this.#metrics.add({ metric: 'dropped_iterations', value: count, t, tags: { load } });
  }

  /** The threshold that the run shall stop for now that this call has ended; `undefined` if it shall not. */
  add(
    record: CallRecord,
    statsOf: (role: string) => Iterable<StatsDelta | string>,
    collected?: CollectedCall,
  ): Crossed | undefined {
    this.#startMs ??= record.startMs;
    const { call, figures } = judgeRecord(
      this.#plan,
      record,
      { statsOf: (_, role) => statsOf(role), collected },
      this.#metrics,
    );
    if (!isTolerated(this.#plan, call)) this.#penalties.add(record, figures);
    return this.crossed(record.endMs);
  }

  /** The threshold that the run shall stop for at `nowMs`, epoch ms in the harness's clock; `undefined` if it shall not. */
  crossed(nowMs: number): Crossed | undefined {
    const elapsedMs = nowMs - (this.#startMs ?? nowMs);
    const penalties = this.#derivePenalties();
    for (const [selector, spec] of this.#watched) {
      if (elapsedMs < (spec.delayAbortEvalMs ?? 0)) continue;
      const metric = metricOf(selector);
      const values = (isPenalty(metric) ? penalties : this.#metrics)?.values(selector);
      const isCounter = definitionOf(this.#known, metric)?.type === 'counter';
      const soFar = isCounter ? values && countedOver(values, elapsedMs) : values;
      const { status, actual } = evaluateThreshold(spec, soFar);
      if (status === 'failed' && actual !== undefined) {
        return { metric: selector, expression: spec.expression, actual };
      }
    }
    return undefined;
  }

  /** Anew each time: each call of the baseline moves its median. */
  #derivePenalties(): MetricAggregate | undefined {
    if (!this.#isComparing) return undefined;
    const aggregated = this.#aggregate();
    for (const sample of this.#penalties.derive()) aggregated.add(sample);
    return aggregated;
  }

  #aggregate(): MetricAggregate {
    const selectors = this.#watched.map(([metric]) => metric);
    return new MetricAggregate({ selectors, known: this.#known, durationMs: 0 });
  }
}

/** A counter's rate over the time so far; nobody knows yet how long the run will be. */
function countedOver(values: MetricValues, elapsedMs: number): MetricValues {
  return {
    samples: values.samples,
    value(aggregation) {
      const count = values.value('count');
      if (aggregation === 'count' || count === undefined) return count;
      return elapsedMs > 0 ? count / (elapsedMs / 1000) : undefined;
    },
  };
}
