import type { CallRecord } from '../call-record.ts';
import { describeLoad } from '../load/describe.ts';
import type { MetricName } from '../metrics/catalogue.ts';
import { callTags } from '../metrics/derive.ts';
import { percentileOf } from '../metrics/distribution.ts';
import { metricOf } from '../metrics/selector.ts';
import type { Plan } from '../plan/plan.ts';
import type { CallResult, LoadResult, Reason, Status, ThresholdResult } from '../result.ts';
import type { MetricSample } from '../stats/sample.ts';

/** What the run told of its loads while they were played. */
export interface LoadCourse {
  /** By load: iterations that were due and could not begin, and the most VUs it had. */
  loads: Readonly<Record<string, { dropped: number; mostVus: number }>>;
  /** The most VUs at the same time, of all loads together. */
  mostVus: number;
}

export const NO_LOADS: LoadCourse = { loads: {}, mostVus: 0 };

/** Whether the call passed, as a sample; none of a call that says nothing about the product. */
export function* successOf(record: CallRecord, status: Status): Generator<MetricSample> {
  if (!record.load || (status !== 'passed' && status !== 'failed')) return;
  const value = status === 'passed' ? 1 : 0;
  yield { metric: 'call_success' satisfies MetricName, value, t: record.endMs, tags: callTags(record) };
}

/** What is known only when the loads are over. */
export function* loadMetrics(plan: Plan, course: LoadCourse, t: number): Generator<MetricSample> {
  if (!plan.load) return;
  for (const { name } of plan.load) {
    const { dropped = 0 } = course.loads[name] ?? {};
    yield { metric: 'dropped_iterations' satisfies MetricName, value: dropped, t, tags: { load: name } };
  }
  yield { metric: 'vus_max' satisfies MetricName, value: course.mostVus, t, tags: {} };
}

/** A load none of whose calls came to its end proves nothing. */
export function loadReasons(plan: Plan, calls: readonly CallResult[]): Reason[] {
  return (plan.load ?? []).flatMap(({ name, cells }): Reason[] => {
    const own = calls.filter(({ load }) => load === name);
    const isAnyWhole = own.some((call) => !isInterrupted(call));
    if (isAnyWhole || cells.length === 0) return [];
    const what =
      own.length === 0 ? 'no call began' : `every call was cut off: ${own.length} of ${own.length}`;
    return [{ kind: 'no-evidence', status: 'inconclusive', message: `load ${name}: ${what}`, name }];
  });
}

export function loadResults(plan: Plan, calls: readonly CallResult[], course: LoadCourse): LoadResult[] {
  return (plan.load ?? []).map((load) => {
    const own = calls.filter((call) => call.load === load.name);
    const whole = own.filter((call) => !isInterrupted(call));
    const durations = whole.map(({ durationMs }) => durationMs).toSorted((a, b) => a - b);
    const { dropped = 0, mostVus = 0 } = course.loads[load.name] ?? {};
    return {
      name: load.name,
      executor: load.executor,
      summary: describeLoad(load),
      completed: whole.length,
      failed: whole.filter(({ status }) => status === 'failed').length,
      ...(durations.length > 0 && {
        iterationMs: { med: percentileOf(durations, 50), p95: percentileOf(durations, 95) },
      }),
      interrupted: own.length - whole.length,
      dropped,
      mostVus,
    };
  });
}

/** Whether its load cut a call off, and nothing else is wrong with it. */
export function isOnlyInterrupted(call: CallResult): boolean {
  return call.status === 'inconclusive' && isInterrupted(call);
}

/**
 * What the calls of a load come to in a cell: those that failed fail it if a threshold on `call_success` was breached, or
 * none passed; those that were cut off do not count, nor those that do not count in the run if any passed.
 */
export function loadStatuses(
  calls: readonly CallResult[],
  thresholds: readonly ThresholdResult[],
  countedInRun?: ReadonlySet<CallResult>,
): Status[] {
  const counted = calls.filter((call) => !isOnlyInterrupted(call));
  const isBreached = thresholds.some(
    ({ metric, status }) => metricOf(metric) === 'call_success' && status === 'failed',
  );
  const isAnyPassed = counted.some(({ status }) => status === 'passed');
  const isForgiven = isAnyPassed && !isBreached;
  return counted.map((call) => {
    const { status } = call;
    if (status === 'failed') return isForgiven ? 'passed' : status;
    return isAnyPassed && countedInRun?.has(call) === false ? 'passed' : status;
  });
}

/** Whether its load cut a call off. */
export function isInterrupted({ reasons }: CallResult): boolean {
  return reasons.some(({ kind }) => kind === 'interrupted');
}
