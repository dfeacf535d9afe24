import type { MetricAggregate } from '../metrics/aggregate.ts';
import { knownMetrics, type CustomMetric } from '../metrics/custom-metrics.ts';
import { readSelector } from '../metrics/selector.ts';
import type { MetricSink } from '../metrics/sink.ts';
import { pairOf, type Plan } from '../plan/plan.ts';
import type { CallResult, CellResult, Reason, Status, ThresholdResult } from '../result.ts';
import { countedCalls } from './counted-calls.ts';
import { excuseFor } from './excuse.ts';
import { isTolerated, onlyKnownReason } from './known.ts';
import type { Crossed } from './live-gate.ts';
import { isOnlyInterrupted, loadReasons, loadStatuses } from './loads.ts';
import { renderReasons, renderThreshold, renderValue } from './headline.ts';
import { evaluateThreshold, type ThresholdSpec } from './thresholds.ts';

/**
 * What several verdicts come to: failed before errored before inconclusive, as a failure was proven and the others
 * were not; unsupported ones are left out unless there is nothing else.
 */
export function combine(statuses: readonly Status[]): Status {
  const order = ['failed', 'errored', 'inconclusive', 'passed', 'unsupported'] as const;
  return order.find((status) => statuses.includes(status)) ?? 'inconclusive';
}

export function judgeCells(
  plan: Plan,
  calls: readonly CallResult[],
  {
    metrics,
    thresholds,
    isSaturated,
  }: { metrics: MetricAggregate; thresholds: readonly ThresholdResult[]; isSaturated: boolean },
): CellResult[] {
  const counted = new Set(countedCalls(plan, calls));
  return plan.cells.map(({ id, assignment, variant, unsupported }) => {
    const own = calls.filter(({ cell }) => cell === id);
    const isLeftOut = own.length === 0 && unsupported !== undefined;
    const statuses = plan.load ? loadStatuses(own, thresholds, counted) : own.map((call) => call.status);
    const found = isLeftOut ? 'unsupported' : combine(statuses);
    const status = isSaturated && found !== 'unsupported' ? 'inconclusive' : found;
    return {
      id,
      pair: pairOf(id),
      ...(variant && { variant }),
      assignment,
      status,
      calls: own.map((call) => call.id),
      metrics: metrics.cellSummary(id),
    };
  });
}

/**
 * Every threshold against the whole run.
 *
 * On a saturated load generator a breach is the generator's as likely as the product's: inconclusive. The same on a
 * network that was not what was asked for. Not so `checks`, which state facts.
 *
 * @param excuse why a breach of any of them proves nothing, `checks` as well: the generator of a load
 */
export function judgeThresholds(
  plan: Plan,
  metrics: MetricAggregate,
  calls: readonly CallResult[],
  excuse?: string,
): ThresholdResult[] {
  const known = knownMetrics(plan.metrics);
  return Object.entries(plan.thresholds).flatMap(([metric, specs]) => {
    const isExcusable = (excuse ?? excuseFor(metric, plan, calls)) !== undefined;
    const definition = readSelector(metric, known)?.definition;
    return specs.map((spec) => ({
      metric,
      ...judgeThreshold(spec, metrics.values(metric), { isExcusable, unit: unitOf(definition, spec) }),
    }));
  });
}

function judgeThreshold(
  spec: ThresholdSpec,
  values: MetricSink | undefined,
  { isExcusable, unit }: { isExcusable: boolean; unit: string },
): Omit<ThresholdResult, 'metric'> {
  const { status, actual } = evaluateThreshold(spec, values);
  return {
    expression: spec.expression,
    status: status === 'failed' && isExcusable ? 'inconclusive' : status,
    ...(actual !== undefined && { actual }),
    unit,
    samples: values?.samples ?? 0,
  };
}

function unitOf(definition: CustomMetric | undefined, { aggregation }: ThresholdSpec): string {
  if (!definition) return '';
  const { type, unit } = definition;
  return type === 'counter' && aggregation === 'rate' ? `${unit}/s` : unit;
}

/**
 * Why the run is not passed: calls, then thresholds, then what is missing. A run that was stopped is never passed:
 * part of what was planned is not known.
 */
export function runReasons(
  plan: Plan,
  calls: readonly CallResult[],
  {
    thresholds,
    aborted,
    excuse,
  }: { thresholds: readonly ThresholdResult[]; aborted: string | undefined; excuse?: string | undefined },
): Reason[] {
  const missing = missingReasons(plan, calls, aborted);
  const ofCalls = countedCalls(plan, calls).flatMap(callReason);
  // Thresholds without samples only follow from it.
  if (missing.some(({ kind }) => kind === 'nothing-ran')) ofCalls.unshift(...missing.splice(0));
  return [
    ...ofCalls,
    ...thresholds.flatMap((result) =>
      thresholdReason(result, excuse ?? excuseFor(result.metric, plan, calls)),
    ),
    ...missing,
  ];
}

/**
 * A threshold that stopped the run was breached, also where the calls that it cut off made it hold again. Where the end says
 * anything else, that is told by {@link runReasons}.
 */
export function crossedReasons(
  crossed: Crossed | undefined,
  thresholds: readonly ThresholdResult[],
): Reason[] {
  if (!crossed) return [];
  const { metric, expression, actual } = crossed;
  const atEnd = thresholds.find((each) => each.metric === metric && each.expression === expression);
  if (atEnd?.status !== 'passed') return [];
  const { unit, samples } = atEnd;
  const message = `${metric} was ${renderValue(actual, unit)} when it stopped the run, expected ${expression}`;
  const figures = { expected: expression, actual: renderValue(actual), unit, samples };
  return [{ kind: 'threshold', status: 'failed', message, name: metric, ...figures }];
}

function callReason({ status, headline, phase, reasons }: CallResult): Reason[] {
  if (status === 'passed') return [];
  const decisive = reasons.find((each) => each.status === status);
  return [
    { kind: 'no-evidence', ...decisive, status, message: headline, ...(phase !== undefined && { phase }) },
  ];
}

function thresholdReason(result: ThresholdResult, excuse: string | undefined): Reason[] {
  const { status, metric, expression, actual, unit, samples } = result;
  if (status === 'passed') return [];
  return [
    {
      kind: actual === undefined ? 'no-evidence' : 'threshold',
      status,
      message: renderThreshold(result, excuse),
      name: metric,
      expected: expression,
      ...(actual !== undefined && { actual: renderValue(actual) }),
      unit,
      samples,
    },
  ];
}

function missingReasons(plan: Plan, calls: readonly CallResult[], aborted: string | undefined): Reason[] {
  const [ran, planned] = [calls.length, plannedCalls(plan, calls)];
  const inconclusive = { status: 'inconclusive' } as const;
  if (aborted !== undefined) {
    return [
      { ...inconclusive, kind: 'aborted', message: `stopped by ${aborted} after ${ran} of ${planned} calls` },
    ];
  }
  if (calls.every(({ status }) => status === 'unsupported')) {
    const all = ran === 1 ? 'the only call is' : `all of ${ran} calls are`;
    const message = ran === 0 ? 'nothing ran' : `nothing ran: ${all} unsupported here`;
    const whys = new Set(calls.flatMap(({ reasons }) => reasons.map((each) => each.message)));
    const why = whys.size === 1 ? `: ${[...whys].join('')}` : '';
    return [{ ...inconclusive, kind: 'nothing-ran', message: `${message}${why}` }];
  }
  const onlyKnown = onlyKnownReason(plan, calls);
  if (onlyKnown) return [onlyKnown];
  const isBailed =
    plan.options.bail && calls.some((call) => call.status !== 'passed' && !isTolerated(plan, call));
  if (isBailed) return [];
  if (ran >= planned) return loadReasons(plan, calls);
  return [
    { ...inconclusive, kind: 'no-evidence', message: `${planned - ran} of ${planned} calls left no record` },
  ];
}

/** How many calls there were to be: of a load, those that began. */
function plannedCalls(plan: Plan, calls: readonly CallResult[]): number {
  return plan.load ? calls.length : plan.calls.length;
}

/** `p2p-call: 4 of 4 calls passed`; `p2p-call failed: chrome → firefox: DTLS did not connect …`. */
export function runHeadline(
  plan: Plan,
  calls: readonly CallResult[],
  { status, reasons, aborted }: { status: Status; reasons: readonly Reason[]; aborted: string | undefined },
): string {
  const { name } = plan.scenario;
  const passed = calls.filter((call) => call.status === 'passed').length;
  const known = calls.filter((call) => isTolerated(plan, call)).length;
  const cutOff = calls.filter(isOnlyInterrupted).length;
  const rest = `${known ? `, ${known} failed as is known` : ''}${cutOff ? `, ${cutOff} cut off by ${cutOff === 1 ? 'its load' : 'their load'}` : ''}`;
  const count = `${passed} of ${plannedCalls(plan, calls)} calls passed${rest}`;
  const decisive = reasons.filter((each) => each.status === status && each.kind !== 'aborted');
  const why = decisive.length ? `: ${renderReasons(decisive)}` : '';
  if (aborted !== undefined) {
    const partial = `${name} was stopped by ${aborted}, the result is partial: ${count}, ${calls.length} ran`;
    return status === 'failed' || status === 'errored' ? `${partial}; ${status}${why}` : partial;
  }
  const unsupported = calls.filter((call) => call.status === 'unsupported').length;
  if (status === 'passed') return `${name}: ${count}${unsupported ? `, ${unsupported} unsupported` : ''}`;
  const verb = status === 'inconclusive' ? 'is inconclusive' : status;
  return `${name} ${verb}${why}; ${count}`;
}
