import type { Problem } from '../errors.ts';
import type { MetricType } from '../metrics/catalogue.ts';
import { parseSelector, type Vocabulary } from '../metrics/selector.ts';
import { parseDuration } from '../units.ts';

/** A threshold as it was written and parsed; k6's grammar (`p(95)<3000`, `rate==1`, `count>0`). */
export interface ThresholdSpec {
  /** As written. */
  expression: string;
  /** `avg min max med p rate count value`. */
  aggregation: string;
  /** 0 to 100, only with `p`. */
  percentile?: number;
  operator: '<' | '<=' | '>' | '>=' | '==' | '===' | '!=';
  limit: number;
  /** Stop the run as soon as it is breached. */
  abortOnFail?: boolean;
  /** But not before so much of the run is over. */
  delayAbortEvalMs?: number;
}

/** What of a metric can be judged, by its type. k6's table. */
export const AGGREGATIONS: Record<MetricType, readonly string[]> = {
  trend: ['avg', 'min', 'max', 'med', 'p(N)'],
  rate: ['rate'],
  counter: ['count', 'rate'],
  gauge: ['value'],
};

const NUMBER = String.raw`[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?`;
const EXPRESSION = new RegExp(
  String.raw`^\s*(?<aggregation>[a-z]+)(?:\(\s*(?<percentile>${NUMBER})\s*\))?` +
    String.raw`\s*(?<operator><=|>=|===|==|!=|<|>)\s*(?<limit>${NUMBER})\s*$`,
  'i',
);

/**
 * One threshold, held to its metric's type. `metric` may be a sub-metric (`connect_ms{pair:chrome:firefox}`).
 *
 * @param written `'p(95)<3000'`, or k6's object `{ threshold, abortOnFail, delayAbortEval }`.
 * @param words What it may name. Default: the catalogue.
 * @returns the first problem if there is one; tell them apart by {@link isProblem}.
 * @see https://grafana.com/docs/k6/latest/using-k6/thresholds/#threshold-expression-syntax
 */
export function parseThreshold(
  metric: string,
  written: unknown,
  path = `thresholds.${metric}`,
  words?: Vocabulary,
): ThresholdSpec | Problem {
  const problems: Problem[] = [];
  const selector = parseSelector(metric, path, problems, words);
  if (!selector) return problems[0]!;
  const { type } = selector.definition;
  if (typeof written === 'string') return parseExpression(written, type, path);
  if (!isRecord(written)) {
    return {
      path,
      expected: 'a threshold like "p(95)<3000"',
      got: JSON.stringify(written) ?? 'nothing',
    };
  }
  return parseObject(written, type, path);
}

function parseObject(
  written: Record<string, unknown>,
  type: MetricType,
  path: string,
): ThresholdSpec | Problem {
  const { threshold, abortOnFail, delayAbortEval, ...rest } = written;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) {
    const expected = 'only threshold, abortOnFail and delayAbortEval';
    return { path: `${path}.${unknown}`, expected, got: `"${unknown}"` };
  }
  if (typeof threshold !== 'string') {
    return {
      path: `${path}.threshold`,
      expected: 'a text like "p(95)<3000"',
      got: JSON.stringify(threshold) ?? 'nothing',
    };
  }
  if (abortOnFail !== undefined && typeof abortOnFail !== 'boolean') {
    return { path: `${path}.abortOnFail`, expected: 'true or false', got: JSON.stringify(abortOnFail) };
  }
  const delayAbortEvalMs = typeof delayAbortEval === 'string' ? parseDuration(delayAbortEval) : undefined;
  if (delayAbortEval !== undefined && delayAbortEvalMs === undefined) {
    const got = JSON.stringify(delayAbortEval);
    return { path: `${path}.delayAbortEval`, expected: 'a duration like "10s"', got, hint: 'add a unit' };
  }
  const spec = parseExpression(threshold, type, `${path}.threshold`);
  if (isProblem(spec)) return spec;
  return {
    ...spec,
    ...(abortOnFail !== undefined && { abortOnFail }),
    ...(delayAbortEvalMs !== undefined && { delayAbortEvalMs }),
  };
}

function parseExpression(expression: string, type: MetricType, path: string): ThresholdSpec | Problem {
  const allowed = AGGREGATIONS[type];
  const example = type === 'trend' ? 'p(95)<3000' : `${allowed[0]}>0.5`;
  const got = JSON.stringify(expression);
  const { aggregation, percentile, operator, limit } = EXPRESSION.exec(expression)?.groups ?? {};
  if (aggregation === undefined || operator === undefined) {
    return { path, expected: `a threshold like "${example}"`, got, hint: grammarHint(expression) };
  }
  const written = percentile === undefined ? aggregation : `${aggregation}(N)`;
  if (!allowed.includes(written)) {
    const hint = aggregation === 'p' ? 'a percentile is written p(95)' : `a ${type} has no ${written}`;
    return { path, expected: `one of ${allowed.join(', ')} for a ${type}`, got, hint };
  }
  if (percentile !== undefined && !(Number(percentile) >= 0 && Number(percentile) <= 100)) {
    return { path, expected: 'a percentile from 0 to 100', got };
  }
  return {
    expression,
    aggregation,
    ...(percentile === undefined ? {} : { percentile: Number(percentile) }),
    operator: operator as ThresholdSpec['operator'],
    limit: Number(limit),
  };
}

function grammarHint(expression: string): string {
  if (/^\s*p\d/.test(expression)) return 'a percentile is written p(95)';
  if (/\d\s*(ms|s|%|kbps)\s*$/.test(expression)) return "leave the unit out: the metric's own unit is meant";
  return 'write aggregation, operator, number';
}

/**
 * All thresholds of a scenario or a config file: metric or sub-metric → list. Every problem is pushed to `problems`;
 * what could be parsed is returned.
 */
export function parseThresholds(
  thresholds: unknown,
  path: string,
  problems: Problem[],
  words?: Vocabulary,
): Record<string, ThresholdSpec[]> {
  const specs: Record<string, ThresholdSpec[]> = {};
  if (thresholds === undefined) return specs;
  if (!isRecord(thresholds)) {
    problems.push({ path, expected: 'an object of metric → thresholds', got: JSON.stringify(thresholds) });
    return specs;
  }
  for (const [metric, list] of Object.entries(thresholds)) {
    const selector = parseSelector(metric, `${path}.${metric}`, problems, words);
    if (!Array.isArray(list)) {
      const hint = 'put the expressions in a list';
      problems.push({ path: `${path}.${metric}`, expected: 'a list', got: JSON.stringify(list), hint });
    } else if (selector) {
      for (const [index, written] of list.entries()) {
        const spec = parseThreshold(metric, written, `${path}.${metric}[${index}]`, words);
        if (isProblem(spec)) problems.push(spec);
        else (specs[metric] ??= []).push(spec);
      }
    }
  }
  return specs;
}

/** `--threshold`'s value: `connect_ms=p(95)<3000`, `connect_ms{pair:chrome:firefox}=p(95)<3000`, `checks=rate==1`. */
export function parseThresholdFlag(
  text: string,
  path = '--threshold',
  words?: Vocabulary,
): { metric: string; spec: ThresholdSpec } | Problem {
  const match = /^([^={}]+(?:\{[^{}]*\})?)=(.*)$/s.exec(text);
  if (!match) {
    return { path, expected: 'METRIC=EXPRESSION like "connect_ms=p(95)<3000"', got: JSON.stringify(text) };
  }
  const metric = match[1]!.trim();
  const spec = parseThreshold(metric, match[2], path, words);
  return isProblem(spec) ? spec : { metric, spec };
}

/** Tells a problem from what was parsed. */
export function isProblem(value: object): value is Problem {
  return 'path' in value && 'expected' in value && 'got' in value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A metric's aggregated values, as far as a threshold asks for them. */
export interface MetricValues {
  readonly samples: number;
  /** `undefined` when there are no samples. `percentile` is 0 to 100, only with `p`. */
  value(aggregation: string, percentile?: number): number | undefined;
}

/** What a threshold came to. No samples is inconclusive, never a pass (k6 would let it pass). */
export interface ThresholdVerdict {
  status: 'passed' | 'failed' | 'inconclusive';
  /** Absent when there were no samples. */
  actual?: number;
}

/** @param values `undefined` when nothing of the metric was measured. */
export function evaluateThreshold(spec: ThresholdSpec, values: MetricValues | undefined): ThresholdVerdict {
  const actual = values?.samples ? values.value(spec.aggregation, spec.percentile) : undefined;
  if (actual === undefined || Number.isNaN(actual)) return { status: 'inconclusive' };
  return { status: COMPARE[spec.operator](actual, spec.limit) ? 'passed' : 'failed', actual };
}

const COMPARE: Record<ThresholdSpec['operator'], (actual: number, limit: number) => boolean> = {
  '<': (actual, limit) => actual < limit,
  '<=': (actual, limit) => actual <= limit,
  '>': (actual, limit) => actual > limit,
  '>=': (actual, limit) => actual >= limit,
  '==': (actual, limit) => actual === limit,
  '===': (actual, limit) => actual === limit,
  '!=': (actual, limit) => actual !== limit,
};
