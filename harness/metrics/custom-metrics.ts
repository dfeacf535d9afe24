import { METRICS, type MetricDefinition } from './catalogue.ts';

/** A metric of a scenario's own, which its script measures. */
export type CustomMetric = Pick<MetricDefinition, 'type' | 'unit' | 'description' | 'better'>;

/** By name: snake_case with the unit at the end. */
export type CustomMetrics = Readonly<Record<string, CustomMetric>>;

/** Every metric a run can have, by name: the catalogue's, and the scenario's own. */
export type KnownMetrics = Readonly<Record<string, CustomMetric>>;

/** The catalogue, and what a scenario has beside it. */
export function knownMetrics(custom?: CustomMetrics): KnownMetrics {
  return custom ? { ...METRICS, ...custom } : METRICS;
}

/** The definition of a metric; `undefined` if there is none of that name. */
export function definitionOf(known: KnownMetrics, name: string): CustomMetric | undefined {
  return Object.hasOwn(known, name) ? known[name] : undefined;
}
