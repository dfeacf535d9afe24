import { METRICS } from '../../harness/metrics/catalogue.ts';
import { definitionOf, knownMetrics } from '../../harness/metrics/custom-metrics.ts';
import type { CallResult, MetricSummary, RunResult } from '../../harness/result.ts';
import type { Child, Markup } from './markup.ts';
import { dataTable, figure, metricName } from './parts.ts';

const SPREAD = ['min', 'med', 'avg', 'p95', 'max'] as const;

/** Every metric of the run. A cell that does not apply to the metric's type is empty; a dash says nothing was reported. */
export function metricsTable(metrics: Record<string, MetricSummary>, own?: RunResult['ownMetrics']): Markup {
  const rows = Object.entries(metrics)
    .toSorted(([a], [b]) => catalogueOrder(a) - catalogueOrder(b) || a.localeCompare(b))
    .map(([name, summary]): Child[] => [
      metricName(name, own),
      ...SPREAD.map((field) => summary.type === 'trend' && figure(summary[field], summary.unit)),
      summary.type !== 'trend' && figure(singleValue(summary), summary.unit),
      samplesOf(summary),
    ]);
  const figures = [...SPREAD, 'value', 'samples'].map((title) => ({ title, figure: true as const }));
  return dataTable('Metrics', [{ title: 'Metric' }, ...figures], rows);
}

/** Beyond a number of values percentiles are no longer exact: then it says how far off they may be. */
function samplesOf({ samples, accuracy }: MetricSummary): Child {
  return accuracy === undefined
    ? samples
    : `${samples} (percentiles ± ${Number((100 * accuracy).toFixed(2))} %)`;
}

/** What each peer of a call measured itself: waterfall times, and means over the hold. */
export function peerMetricsTable(
  call: CallResult,
  roles: readonly string[],
  own?: RunResult['ownMetrics'],
): Markup | undefined {
  const names = [...new Set(roles.flatMap((role) => Object.keys(call.peers[role]?.metrics ?? {})))];
  if (names.length === 0) return undefined;
  const rows = names
    .toSorted((a, b) => catalogueOrder(a) - catalogueOrder(b))
    .map((name): Child[] => [
      metricName(name, own),
      ...roles.map((role) => figure(call.peers[role]?.metrics[name], unitOf(name, own))),
    ]);
  const columns = [{ title: 'Metric' }, ...roles.map((title) => ({ title, figure: true as const }))];
  return dataTable('Figures of both peers', columns, rows);
}

function singleValue({ type, rate, count, value }: MetricSummary): number | undefined {
  if (type === 'rate') return rate;
  return type === 'counter' ? count : value;
}

function unitOf(name: string, own: RunResult['ownMetrics']): string {
  return definitionOf(knownMetrics(own), name)?.unit ?? '';
}

/** Sub-metrics follow their metric; names unknown to the catalogue come last. */
function catalogueOrder(name: string): number {
  const index = Object.keys(METRICS).indexOf(name.replace(/\{.*$/s, ''));
  return index === -1 ? Number.MAX_SAFE_INTEGER : index;
}
