import type { MetricSummary } from '../result.ts';
import type { MetricSample } from '../stats/sample.ts';
import { METRICS } from './catalogue.ts';
import { definitionOf, type CustomMetric, type KnownMetrics } from './custom-metrics.ts';
import { isSelected, readSelector, type Selector } from './selector.ts';
import { createSink, type MetricSink, type SinkState } from './sink.ts';

export interface AggregateOptions {
  /** Metrics and sub-metrics that thresholds name; what is not a known metric is left out. */
  selectors?: Iterable<string>;
  /** Default: the catalogue. */
  known?: KnownMetrics;
  /** The run's wall time, for the rates of counters. */
  durationMs: number;
}

/** Samples of one metric with the same tags, put together. */
export interface SampleGroup {
  metric: string;
  tags: Record<string, string>;
  state: SinkState;
}

/** A run's metrics as they come in: of the run, of the sub-metrics wanted, and of each cell. */
export class MetricAggregate {
  readonly #durationMs: number;
  readonly #known: KnownMetrics;
  readonly #selectors: Selector[];
  readonly #run = new Map<string, MetricSink>();
  readonly #cells = new Map<string, Map<string, MetricSink>>();

  constructor({ selectors = [], known = METRICS, durationMs }: AggregateOptions) {
    this.#durationMs = durationMs;
    this.#known = known;
    this.#selectors = [...selectors].flatMap((text) => readSelector(text, known) ?? []);
    // A wanted metric that nothing was measured of still shows up, with no samples.
    for (const { text, definition } of this.#selectors) this.#sink(this.#run, text, definition);
  }

  add({ metric, value, tags }: MetricSample): void {
    for (const sink of this.#sinksOf(metric, tags)) sink.add(value);
  }

  /** Many samples of a metric at once, all with the same tags. */
  merge({ metric, tags, state }: SampleGroup): void {
    for (const sink of this.#sinksOf(metric, tags)) sink.merge(state);
  }

  *#sinksOf(metric: string, tags: Readonly<Record<string, string>>): Generator<MetricSink> {
    const definition = definitionOf(this.#known, metric);
    if (!definition) return;
    yield this.#sink(this.#run, metric, definition);
    for (const selector of this.#selectors) {
      if (selector.metric !== metric || selector.text === metric || !isSelected(selector, tags)) continue;
      yield this.#sink(this.#run, selector.text, definition);
    }
    const cell = tags['cell'];
    if (cell !== undefined) yield this.#sink(this.#cell(cell), metric, definition);
  }

  /** The values of a metric or a wanted sub-metric, for thresholds. */
  values(selector: string): MetricSink | undefined {
    return this.#run.get(selector);
  }

  /** By metric and wanted sub-metric. */
  summary(): Record<string, MetricSummary> {
    return summaries(this.#run);
  }

  cellSummary(cell: string): Record<string, MetricSummary> {
    return summaries(this.#cells.get(cell) ?? new Map<string, MetricSink>());
  }

  #cell(cell: string): Map<string, MetricSink> {
    const sinks = this.#cells.get(cell) ?? new Map<string, MetricSink>();
    this.#cells.set(cell, sinks);
    return sinks;
  }

  #sink(sinks: Map<string, MetricSink>, key: string, definition: CustomMetric): MetricSink {
    const sink = sinks.get(key) ?? createSink(definition, this.#durationMs);
    sinks.set(key, sink);
    return sink;
  }
}

function summaries(sinks: ReadonlyMap<string, MetricSink>): Record<string, MetricSummary> {
  return Object.fromEntries([...sinks].map(([key, sink]) => [key, sink.summary()]));
}

/** Everything at once: {@link MetricAggregate} of what is there already. */
export function aggregate(
  samples: Iterable<MetricSample>,
  options: AggregateOptions,
): Record<string, MetricSummary> {
  const aggregated = new MetricAggregate(options);
  for (const sample of samples) aggregated.add(sample);
  return aggregated.summary();
}
