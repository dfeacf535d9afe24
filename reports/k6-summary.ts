import { createHash } from 'node:crypto';
import type { CheckResult, MetricSummary, RunResult } from '../harness/result.ts';

/** What k6 hands to `handleSummary()`, as far as it means something here. */
export interface K6Summary {
  root_group: K6Group;
  options: { summaryTrendStats: string[]; summaryTimeUnit: string; noColor: boolean };
  state: { isStdOutTTY: boolean; isStdErrTTY: boolean; testRunDurationMs: number };
  metrics: Record<string, K6Metric>;
}

interface K6Group {
  name: string;
  path: string;
  id: string;
  groups: K6Group[];
  checks: { name: string; path: string; id: string; passes: number; fails: number }[];
}

interface K6Metric {
  type: MetricSummary['type'];
  contains: 'time' | 'data' | 'default';
  values: Record<string, number>;
  thresholds?: Record<string, { ok: boolean }>;
}

/** Where k6 has the same metric, it has k6's name. */
const K6_NAMES: Record<string, string> = { iteration_duration_ms: 'iteration_duration' };
const CONTAINS: Record<string, K6Metric['contains']> = { ms: 'time', bytes: 'data' };

/**
 * A run in the form of k6's end-of-test summary, for tools that were made for it. Steps are groups; a threshold holds only
 * if it passed, so one without evidence does not.
 *
 * A metric that was gated and never measured is there as a counter of none: k6's own zeros would be values that nobody saw.
 *
 * @see https://grafana.com/docs/k6/latest/results-output/end-of-test/custom-summary/
 */
export function k6Summary(result: RunResult): K6Summary {
  const root = rootGroup(result.calls.flatMap(({ checks }) => checks));
  return {
    root_group: root,
    options: {
      summaryTrendStats: ['avg', 'min', 'med', 'max', 'p(90)', 'p(95)', 'p(99)'],
      summaryTimeUnit: 'ms',
      noColor: true,
    },
    state: { isStdOutTTY: false, isStdErrTTY: false, testRunDurationMs: result.wallMs },
    metrics: {
      ...Object.fromEntries(
        Object.entries(result.metrics).map(([name, summary]) => [
          k6Name(name),
          k6Metric(name, summary, result),
        ]),
      ),
      ...checksOf(root, result),
    },
  };
}

/** Where checks are listed, tools look for the metric: also if none of them had evidence, or none counts. */
function checksOf(root: K6Group, { metrics, thresholds }: RunResult): Record<string, K6Metric> {
  const listed = [root, ...root.groups].flatMap(({ checks }) => checks);
  if (listed.length === 0 || metrics['checks']?.samples) return {};
  const sum = (key: 'passes' | 'fails') => listed.reduce((total, check) => total + check[key], 0);
  const [passes, fails] = [sum('passes'), sum('fails')];
  const values = { rate: passes + fails > 0 ? passes / (passes + fails) : 0, passes, fails };
  return { checks: { type: 'rate', contains: 'default', values, ...gatesOf('checks', thresholds) } };
}

export function renderK6Summary(result: RunResult): string {
  return `${JSON.stringify(k6Summary(result), null, 2)}\n`;
}

/** Of a metric or a sub-metric: `iteration_duration{load:steady}`. */
function k6Name(selector: string): string {
  const [metric = ''] = selector.split('{', 1);
  return `${K6_NAMES[metric] ?? metric}${selector.slice(metric.length)}`;
}

function k6Metric(name: string, summary: MetricSummary, { thresholds }: RunResult): K6Metric {
  const isMeasured = summary.samples > 0;
  return {
    type: isMeasured ? summary.type : 'counter',
    contains: isMeasured ? (CONTAINS[summary.unit] ?? 'default') : 'default',
    values: isMeasured ? valuesOf(summary) : { count: 0, rate: 0 },
    ...gatesOf(name, thresholds),
  };
}

function gatesOf(name: string, all: RunResult['thresholds']): Pick<K6Metric, 'thresholds'> {
  const own = all.filter(({ metric }) => metric === name);
  if (own.length === 0) return {};
  const gates = own.map(({ expression, status }) => [expression, { ok: status === 'passed' }] as const);
  return { thresholds: Object.fromEntries(gates) };
}

function valuesOf({ type, ...summary }: MetricSummary): Record<string, number> {
  const { avg, min, med, max, p90, p95, p99, rate, passes, fails, count, value } = summary;
  const values = {
    trend: { avg, min, med, max, 'p(90)': p90, 'p(95)': p95, 'p(99)': p99 },
    rate: { rate, passes, fails },
    counter: { count, rate },
    gauge: { value },
  }[type];
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, of]) => (of === undefined ? [] : [[name, of]])),
  );
}

/** k6 counts checks by their names, each in its group. One without evidence is neither passed nor failed, and not counted. */
function rootGroup(checks: readonly CheckResult[]): K6Group {
  const steps = [...new Set(checks.flatMap(({ step }) => step ?? []))];
  return {
    ...group(
      '',
      '',
      checks.filter(({ step }) => step === undefined),
    ),
    groups: steps.map((step) =>
      group(
        step,
        `::${step}`,
        checks.filter((check) => check.step === step),
      ),
    ),
  };
}

function group(name: string, path: string, checks: readonly CheckResult[]): K6Group {
  const names = [...new Set(checks.map(nameOf))];
  return {
    name,
    path,
    id: idOf(path),
    groups: [],
    checks: names.map((each) => {
      const own = checks.filter((check) => nameOf(check) === each);
      const count = (status: CheckResult['status']) => own.filter((check) => check.status === status).length;
      const at = `${path}::${each}`;
      return { name: each, path: at, id: idOf(at), passes: count('passed'), fails: count('failed') };
    }),
  };
}

function nameOf({ name, role }: CheckResult): string {
  return role === undefined ? name : `${role}: ${name}`;
}

/** As k6 makes them. */
function idOf(path: string): string {
  return createHash('md5').update(path).digest('hex');
}
