import type { MetricSummary } from '../result.ts';
import type { CustomMetric } from './custom-metrics.ts';
import { percentileOf } from './distribution.ts';

/** Takes a metric's values and says what k6 would say of them. */
export interface MetricSink {
  readonly samples: number;
  add(value: number): void;
  /** `undefined` when nothing was added, or for an aggregation the metric's type does not have. */
  value(aggregation: string, percentile?: number): number | undefined;
  summary(): MetricSummary;
}

/** @param durationMs what a counter's rate is taken over: the run's wall time. */
export function createSink(
  { type, unit }: Pick<CustomMetric, 'type' | 'unit'>,
  durationMs: number,
): MetricSink {
  if (type === 'trend') return new TrendSink(unit);
  if (type === 'rate') return new RateSink(unit);
  if (type === 'counter') return new CounterSink(unit, durationMs);
  return new GaugeSink(unit);
}

/**
 * Every value, 8 bytes each, so that any percentile is exact: a million values (eight peers for an hour at 1 Hz, all
 * metrics together) are 8 MB.
 */
class TrendSink implements MetricSink {
  readonly #unit: string;
  #values = new Float64Array(16);
  #isSorted = true;
  samples = 0;

  constructor(unit: string) {
    this.#unit = unit;
  }

  add(value: number): void {
    if (this.samples === this.#values.length) {
      const grown = new Float64Array(this.samples * 2);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.samples++] = value;
    this.#isSorted = false;
  }

  value(aggregation: string, percentile?: number): number | undefined {
    if (this.samples === 0) return undefined;
    const values = this.#sorted();
    if (aggregation === 'avg') return values.reduce((total, value) => total + value, 0) / values.length;
    if (aggregation === 'min') return values[0];
    if (aggregation === 'max') return values.at(-1);
    if (aggregation === 'med') return percentileOf(values, 50);
    return aggregation === 'p' && percentile !== undefined ? percentileOf(values, percentile) : undefined;
  }

  summary(): MetricSummary {
    const summary: MetricSummary = { type: 'trend', unit: this.#unit, samples: this.samples };
    if (this.samples === 0) return summary;
    const values = this.#sorted();
    const [avg, min, med, max] = ['avg', 'min', 'med', 'max'].map((each) => this.value(each));
    const [p90, p95, p99] = [90, 95, 99].map((each) => percentileOf(values, each));
    return { ...summary, avg, min, med, max, p90, p95, p99 };
  }

  #sorted(): Float64Array {
    const values = this.#values.subarray(0, this.samples);
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
}
