import type { CallRecord } from '../call-record.ts';
import { describeLoad } from '../load/describe.ts';
import type { MetricName } from '../metrics/catalogue.ts';
import { callTags } from '../metrics/derive.ts';
import type { Plan } from '../plan/plan.ts';
import type { CallResult, LoadResult, Reason, Status } from '../result.ts';
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

/**
 * Whether a call counts by itself. Of a load, failed calls do not, as `call_success` says how many there may be, nor do
 * those that it cut off.
 */
export function isCountedAlone({ load, status, reasons }: CallResult): boolean {
  if (load === undefined) return true;
  if (status === 'failed') return false;
  return !reasons.some(({ kind }) => kind === 'interrupted');
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
    const interrupted = own.filter(isInterrupted).length;
    const { dropped = 0, mostVus = 0 } = course.loads[load.name] ?? {};
    return {
      name: load.name,
      executor: load.executor,
      summary: describeLoad(load),
      completed: own.length - interrupted,
      interrupted,
      dropped,
      mostVus,
    };
  });
}

function isInterrupted({ reasons }: CallResult): boolean {
  return reasons.some(({ kind }) => kind === 'interrupted');
}
