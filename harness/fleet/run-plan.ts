import { setMaxListeners } from 'node:events';
import { harnessNow } from '../peer/clock.ts';
import type { PlannedCall, PlannedCell } from '../plan/plan.ts';
import type { RunEvent } from '../store/layout.ts';
import type { CallRecord } from '../call-record.ts';
import { runCall, type RunCallOptions } from './run-call.ts';

/** `signal` is aborted from outside (SIGINT) or by a store that can write no more. */
export type RunPlanOptions = Omit<RunCallOptions, 'call' | 'assignment'> & {
  /** Asked after each call, when its record is on disk: why the run shall stop now, if it shall. */
  stopAfter?: ((record: CallRecord) => Promise<string | undefined>) | undefined;
};

/**
 * Runs every call of a plan: cell after cell, the VUs of a cell at the same time, a VU's iterations one after another.
 *
 * A call that breaks is recorded and the next one goes on, unless `bail`. Each record is on disk before the next call.
 */
export async function runPlan(options: RunPlanOptions): Promise<void> {
  const { plan, host, signal } = options;
  setMaxListeners(0, signal);
  const bail = new AbortController();
  const browsers = new Set(plan.cells.flatMap(({ assignment }) => Object.values(assignment)));
  await host.prepare([...browsers], signal).catch(() => signal.throwIfAborted());
  for (const cell of plan.cells) {
    const calls = plan.calls.filter((call) => call.cell === cell.id);
    await Promise.all(groupByVu(calls).map((own) => runVu(options, cell, own, bail)));
  }
}

function groupByVu(calls: PlannedCall[]): PlannedCall[][] {
  const vus = [...new Set(calls.map(({ vu }) => vu))];
  return vus.map((vu) => calls.filter((call) => call.vu === vu));
}

async function runVu(
  options: RunPlanOptions,
  cell: PlannedCell,
  calls: PlannedCall[],
  bail: AbortController,
): Promise<void> {
  const { plan, store, emit, signal, stopAfter } = options;
  for (const call of calls) {
    if (signal.aborted || bail.signal.aborted) return;
    const { length: of } = plan.calls;
    emit({
      t: harnessNow(),
      type: 'call-started',
      call: call.id,
      cell: cell.id,
      index: plan.calls.indexOf(call),
      of,
    });
    const record = await runCall({ ...options, call, assignment: cell.assignment });
    await store.writeCall(record);
    emit(ended(record));
    const why =
      plan.options.bail && !isClean(record) ? `${call.id} did not pass (--bail)` : await stopAfter?.(record);
    if (why === undefined || bail.signal.aborted) continue;
    emit({ t: harnessNow(), type: 'warning', message: `stopping: ${why}` });
    bail.abort();
  }
}

function isClean({ fault, checks }: CallRecord): boolean {
  return !fault && checks.every(({ passed }) => passed === true);
}

function ended({ id, cell, fault, checks, startMs, endMs }: CallRecord): RunEvent {
  return {
    t: harnessNow(),
    type: 'call-ended',
    call: id,
    cell,
    ...(fault && { fault: fault.message }),
    checksFailed: checks.filter(({ passed }) => passed === false).length,
    durationMs: endMs - startMs,
  };
}
