import type { MetricSummary } from '../result.ts';
import type { CustomMetric } from './custom-metrics.ts';
import { percentileOf } from './distribution.ts';
import { Sketch, SKETCH_ACCURACY, type SketchState } from './sketch.ts';

/** What a sink was told, as JSON. */
export type SinkState =
  | { type: 'trend'; values: number[] }
  | { type: 'trend'; sketch: SketchState }
  | { type: 'rate'; samples: number; passes: number }
  | { type: 'counter'; samples: number; count: number }
  | { type: 'gauge'; samples: number; last?: number };

/** Takes a metric's values and says what k6 would say of them. */
export interface MetricSink {
  readonly samples: number;
  add(value: number): void;
  /** `undefined` when nothing was added, or for an aggregation the metric's type does not have. */
  value(aggregation: string, percentile?: number): number | undefined;
  summary(): MetricSummary;
  state(): SinkState;
  /** Takes all that another sink of the same metric was told. */
  merge(state: SinkState): void;
}

/** What all values come to, and how many there were; of a gauge there is only the last. */
export function totalOf(state: SinkState): { sum: number; count: number } {
  if (state.type === 'rate') return { sum: state.passes, count: state.samples };
  if (state.type === 'counter') return { sum: state.count, count: state.samples };
  if (state.type === 'gauge') {
    return state.last === undefined ? { sum: 0, count: 0 } : { sum: state.last, count: 1 };
  }
  if ('sketch' in state) return { sum: state.sketch.sum, count: state.sketch.count };
  return { sum: state.values.reduce((sum, value) => sum + value, 0), count: state.values.length };
}

/** The least of a trend's values; `undefined` of nothing, and of other types. */
export function leastOf(state: SinkState): number | undefined {
  if (state.type !== 'trend') return undefined;
  if ('values' in state) return state.values.length > 0 ? Math.min(...state.values) : undefined;
  return state.sketch.count > 0 ? state.sketch.min : undefined;
}

/**
 * @param durationMs what a counter's rate is taken over: the run's wall time.
 * @param exactValues how many values of a trend are kept as they are.
 */
export function createSink(
  { type, unit }: Pick<CustomMetric, 'type' | 'unit'>,
  durationMs: number,
  exactValues = EXACT_VALUES,
): MetricSink {
  if (type === 'trend') return new TrendSink(unit, exactValues);
  if (type === 'rate') return new RateSink(unit);
  if (type === 'counter') return new CounterSink(unit, durationMs);
  return new GaugeSink(unit);
}

/** So many values of a trend are kept as they are, 8 bytes each; from there on it is a sketch. */
export const EXACT_VALUES = 20_000;

/** Percentiles are exact of few values, and of more of them within what {@link MetricSummary.accuracy} says. */
class TrendSink implements MetricSink {
  readonly #unit: string;
  readonly #exactValues: number;
  #values: Float64Array | undefined = new Float64Array(16);
  #sketch: Sketch | undefined;
  #isSorted = true;
  samples = 0;

  constructor(unit: string, exactValues: number) {
    this.#unit = unit;
    this.#exactValues = exactValues;
  }

  add(value: number): void {
    this.#makeRoom();
    if (this.#sketch) this.#sketch.add(value);
    else this.#values![this.samples] = value;
    this.samples++;
    this.#isSorted = false;
  }

  value(aggregation: string, percentile?: number): number | undefined {
    if (this.samples === 0) return undefined;
    if (aggregation === 'avg') return this.#sum() / this.samples;
    if (aggregation === 'min') return this.#sketch ? this.#sketch.min : this.#sorted()[0];
    if (aggregation === 'max') return this.#sketch ? this.#sketch.max : this.#sorted().at(-1);
    if (aggregation === 'med') return this.#percentile(50);
    return aggregation === 'p' && percentile !== undefined ? this.#percentile(percentile) : undefined;
  }

  summary(): MetricSummary {
    const summary: MetricSummary = { type: 'trend', unit: this.#unit, samples: this.samples };
    if (this.samples === 0) return summary;
    const [avg, min, med, max] = ['avg', 'min', 'med', 'max'].map((each) => this.value(each));
    const [p90, p95, p99] = [90, 95, 99].map((each) => this.#percentile(each));
    const accuracy = this.#sketch && { accuracy: SKETCH_ACCURACY };
    return { ...summary, avg, min, med, max, p90, p95, p99, ...accuracy };
  }

  state(): SinkState {
    if (this.#sketch) return { type: 'trend', sketch: this.#sketch.state() };
    return { type: 'trend', values: [...this.#sorted()] };
  }

  merge(state: SinkState): void {
    if (state.type !== 'trend') return;
    if ('values' in state) {
      for (const value of state.values) this.add(value);
      return;
    }
    this.#toSketch().merge(state.sketch);
    this.samples += state.sketch.count;
  }

  #makeRoom(): void {
    if (!this.#values || this.samples < this.#values.length) return;
    if (this.samples >= this.#exactValues) {
      this.#toSketch();
      return;
    }
    const grown = new Float64Array(Math.min(this.samples * 2, this.#exactValues));
    grown.set(this.#values);
    this.#values = grown;
  }

  #toSketch(): Sketch {
    if (this.#sketch) return this.#sketch;
    this.#sketch = new Sketch();
    for (const value of this.#values!.subarray(0, this.samples)) this.#sketch.add(value);
    this.#values = undefined;
    return this.#sketch;
  }

  #sum(): number {
    return this.#sketch ? this.#sketch.sum : this.#sorted().reduce((total, value) => total + value, 0);
  }

  #percentile(percentile: number): number | undefined {
    return this.#sketch ? this.#sketch.percentile(percentile) : percentileOf(this.#sorted(), percentile);
  }

  #sorted(): Float64Array {
    const values = this.#values!.subarray(0, this.samples);
    if (!this.#isSorted) values.sort();
    this.#isSorted = true;
    return values;
  }
}

class RateSink implements MetricSink {
  readonly #unit: string;
  #passes = 0;
  samples = 0;

  constructor(unit: string) {
    this.#unit = unit;
  }

  add(value: number): void {
    this.samples++;
    if (value !== 0) this.#passes++;
  }

  value(aggregation: string): number | undefined {
    return aggregation === 'rate' && this.samples > 0 ? this.#passes / this.samples : undefined;
  }

  summary(): MetricSummary {
    const { samples } = this;
    if (samples === 0) return { type: 'rate', unit: this.#unit, samples };
    const passes = this.#passes;
    return {
      type: 'rate',
      unit: this.#unit,
      samples,
      rate: passes / samples,
      passes,
      fails: samples - passes,
    };
  }

  state(): SinkState {
    return { type: 'rate', samples: this.samples, passes: this.#passes };
  }

  merge(state: SinkState): void {
    if (state.type !== 'rate') return;
    this.samples += state.samples;
    this.#passes += state.passes;
  }
}

class CounterSink implements MetricSink {
  readonly #unit: string;
  readonly #durationMs: number;
  #count = 0;
  samples = 0;

  constructor(unit: string, durationMs: number) {
    this.#unit = unit;
    this.#durationMs = durationMs;
  }

  add(value: number): void {
    this.samples++;
    this.#count += value;
  }

  value(aggregation: string): number | undefined {
    if (this.samples === 0) return undefined;
    if (aggregation === 'count') return this.#count;
    return aggregation === 'rate' && this.#durationMs > 0
      ? this.#count / (this.#durationMs / 1000)
      : undefined;
  }

  summary(): MetricSummary {
    const summary: MetricSummary = { type: 'counter', unit: this.#unit, samples: this.samples };
    if (this.samples === 0) return summary;
    const rate = this.value('rate');
    return { ...summary, count: this.#count, ...(rate !== undefined && { rate }) };
  }

  state(): SinkState {
    return { type: 'counter', samples: this.samples, count: this.#count };
  }

  merge(state: SinkState): void {
    if (state.type !== 'counter') return;
    this.samples += state.samples;
    this.#count += state.count;
  }
}

class GaugeSink implements MetricSink {
  readonly #unit: string;
  #last: number | undefined;
  samples = 0;

  constructor(unit: string) {
    this.#unit = unit;
  }

  add(value: number): void {
    this.samples++;
    this.#last = value;
  }

  value(aggregation: string): number | undefined {
    return aggregation === 'value' ? this.#last : undefined;
  }

  summary(): MetricSummary {
    const { samples } = this;
    return {
      type: 'gauge',
      unit: this.#unit,
      samples,
      ...(this.#last !== undefined && { value: this.#last }),
    };
  }

  state(): SinkState {
    return { type: 'gauge', samples: this.samples, ...(this.#last !== undefined && { last: this.#last }) };
  }

  merge(state: SinkState): void {
    if (state.type !== 'gauge') return;
    this.samples += state.samples;
    this.#last = state.last ?? this.#last;
  }
}
