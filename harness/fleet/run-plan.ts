import { setMaxListeners } from 'node:events';
import { harnessNow } from '../peer/clock.ts';
import type { BrowserPlace } from '../peer/host.ts';
import type { PlannedLoad } from '../load/load.ts';
import type { Plan, PlannedCall, PlannedCell } from '../plan/plan.ts';
import type { RunEvent } from '../store/layout.ts';
import type { CallRecord } from '../call-record.ts';
import { isToleratedRecord } from '../verdict/known.ts';
import type { Crossed } from '../verdict/live-gate.ts';
import { AsyncStack } from '../lifecycle/async-stack.ts';
import { Follower } from '../lifecycle/follow.ts';
import { Capabilities } from './capabilities.ts';
import { runLoads } from './load/run-loads.ts';
import { Interruption } from './load/vus.ts';
import { runCall, type RunCallOptions } from './run-call.ts';
import { runSetup, runTeardown } from './run-hooks.ts';

/** `signal` is aborted from outside (SIGINT) or by a store that can write no more. */
export type RunPlanOptions = Omit<RunCallOptions, 'call' | 'cell' | 'capabilities' | 'data'> & {
  /** Default: only `bail` stops the run. */
  gate?: RunGate | undefined;
};

/** Knows the threshold that the run shall stop for, if it shall. */
export interface RunGate {
  /** Asked after each call, when its record is on disk. */
  after: (record: CallRecord) => Promise<Crossed | undefined>;
  /** Asked every {@link GATE_MS} while a load is played. */
  now: () => Crossed | undefined;
}

/** As often as k6 looks at its thresholds. */
const GATE_MS = 2000;

/** With what lasts as long as the run. */
type Running = RunPlanOptions & Pick<RunCallOptions, 'capabilities' | 'data'>;

/**
 * Runs every call of a plan in its order: what follows one another in the same cell is shared by its VUs, which run at
 * the same time, each with one call after another. Where there is a load, its calls begin when they are due.
 *
 * A call that breaks is recorded and the next one goes on, unless `bail`, which does not stop at what is known to fail. Each record is on disk before the next call.
 * The scenario's hooks run around them: no call does when `setup` threw.
 */
export async function runPlan(given: RunPlanOptions): Promise<void> {
  const options = { underWay: new Set<string>(), ...given };
  setMaxListeners(0, options.signal);
  const ready = await runSetup(options);
  if (!ready) return;
  try {
    await runCalls(options, ready.data);
  } finally {
    await runTeardown(options, ready.data);
  }
}

async function runCalls(options: RunPlanOptions, data: unknown): Promise<void> {
  const { plan, host, network, signal } = options;
  const bail = new AbortController();
  const able = plan.cells.filter(({ unsupported }) => unsupported === undefined);
  await prepare({ host, network, cells: able, signal }).catch(() => signal.throwIfAborted());
  const running: Running = { ...options, data, capabilities: new Capabilities() };
  if (plan.load) return await runLoad(running, plan.load, bail);
  for (const { cell, calls } of stretches(plan)) {
    await Promise.all(groupByVu(calls).map((own) => runVu(running, cell, own, bail)));
  }
}

async function runLoad(
  options: Running,
  loads: readonly PlannedLoad[],
  bail: AbortController,
): Promise<void> {
  const { plan, signal, emit, gate } = options;
  const cells = new Map(plan.cells.map((cell) => [cell.id, cell]));
  using stop = new Follower([signal, bail.signal]);
  await using stack = new AsyncStack();
  const watch = gate && setInterval(() => stopAt(gate.now(), options, bail), GATE_MS);
  stack.defer(() => clearInterval(watch));
  await runLoads({
    loads,
    emit,
    signal: stop.signal,
    run: (call, interruption, background) =>
      runOne(
        { ...options, interruption, ...(background && { background }) },
        cells.get(call.cell)!,
        call,
        bail,
      ),
  });
}

/** Calls of one cell that follow one another. */
function stretches({ cells, calls }: Plan): { cell: PlannedCell; calls: PlannedCall[] }[] {
  const found: { cell: PlannedCell; calls: PlannedCall[] }[] = [];
  for (const call of calls) {
    const last = found.at(-1);
    const cell = cells.find(({ id }) => id === call.cell);
    if (last && last.cell === cell) last.calls.push(call);
    else if (cell) found.push({ cell, calls: [call] });
  }
  return found;
}

function groupByVu(calls: PlannedCall[]): PlannedCall[][] {
  const vus = [...new Set(calls.map(({ vu }) => vu))];
  return vus.map((vu) => calls.filter((call) => call.vu === vu));
}

/** What cannot be got ready breaks the calls that need it, and is told there. */
async function prepare({
  host,
  network,
  cells,
  signal,
}: Pick<RunPlanOptions, 'host' | 'network' | 'signal'> & { cells: PlannedCell[] }): Promise<void> {
  const places = await network.prepare(cells, signal);
  const wanted = new Map<string, { browser: string; place: BrowserPlace | undefined }>();
  for (const { assignment } of cells) {
    for (const [role, browser] of Object.entries(assignment)) {
      const place = places.get(role);
      wanted.set(`${place?.name ?? ''} ${browser}`, { browser, place });
    }
  }
  await host.prepare([...wanted.values()], signal);
}

async function runVu(
  options: Running,
  cell: PlannedCell,
  calls: PlannedCall[],
  bail: AbortController,
): Promise<void> {
  const { signal } = options;
  for (const call of calls) {
    if (signal.aborted || bail.signal.aborted) return;
    await runOne(options, cell, call, bail);
  }
}

async function runOne(
  options: Running,
  cell: PlannedCell,
  call: PlannedCall,
  bail: AbortController,
): Promise<void> {
  const { plan, store, emit, gate } = options;
  emit({
    t: harnessNow(),
    type: 'call-started',
    call: call.id,
    cell: cell.id,
    ...(call.load !== undefined && { load: call.load }),
    ...(plan.load ? { index: call.iteration } : { index: plan.calls.indexOf(call), of: plan.calls.length }),
  });
  const record = await runCall({ ...options, call, cell });
  await store.writeCall(record);
  emit(ended(record));
  const isOver = plan.options.bail && !isClean(record) && !isToleratedRecord(plan, record);
  if (!isOver) stopAt(await gate?.after(record), options, bail);
  else if (!bail.signal.aborted) {
    emit({ t: harnessNow(), type: 'warning', message: `stopping: ${call.id} did not pass (--bail)` });
    bail.abort();
  }
}

/** Ends the run for a threshold: of a load, calls under way are cut off, as k6 does. */
function stopAt(
  crossed: Crossed | undefined,
  { plan, emit }: Pick<Running, 'plan' | 'emit'>,
  bail: AbortController,
): void {
  if (!crossed || bail.signal.aborted) return;
  emit({ t: harnessNow(), type: 'threshold-crossed', ...crossed });
  bail.abort(plan.load && new Interruption(`${crossed.metric} stopped the run (abortOnFail)`));
}

function isClean({ fault, checks }: CallRecord): boolean {
  return !fault && checks.every(({ passed }) => passed === true);
}

function ended({ id, cell, fault, checks, startMs, endMs, load, interrupted }: CallRecord): RunEvent {
  return {
    t: harnessNow(),
    type: 'call-ended',
    call: id,
    cell,
    ...(fault && { fault: fault.message, status: fault.status }),
    checksFailed: checks.filter(({ passed }) => passed === false).length,
    durationMs: endMs - startMs,
    ...(load && { load: load.name }),
    ...(interrupted !== undefined && { interrupted: true }),
  };
}
