import type { ExitCode } from '../exit-codes.ts';
import { StoreError } from '../errors.ts';
import type { RunGate } from '../fleet/run-plan.ts';
import { harnessNow } from '../peer/clock.ts';
import type { Plan } from '../plan/plan.ts';
import { LAYOUT, type RunEvent } from '../store/layout.ts';
import { openRun } from '../store/open-run.ts';
import { createRunStore, type RunStore } from '../store/run-store.ts';
import { LiveGate } from '../verdict/live-gate.ts';
import { describeEnvironment } from './environment.ts';
import type { Flags, Io } from './io.ts';
import { judgeStored } from './judge-stored.ts';
import { prepareRun, type Prepared } from './prepare.ts';
import { exitCodeIn, printResult } from './print-result.ts';
import { openProgress } from './progress.ts';
import { requireRoom } from './require-room.ts';
import { requireTools } from './require-tools.ts';
import { listenForStop } from './stop-signals.ts';
import { writeReports } from './write-reports.ts';

/** The whole way: plan, calls, verdict, reports, exit code. A signal ends the calls; the rest is done nevertheless. */
export async function run(flags: Flags, io: Io): Promise<ExitCode> {
  using stop = listenForStop(io);
  // Loaded while the scenario and the browsers are looked for: both are on the way to the first call.
  const effects = import('../run-scenario.ts');
  const [, prepared] = await Promise.all([effects, prepareRun(flags, io)]);
  requireTools(prepared.plan, { ...io.env });
  prepared.warnings.push(...requireRoom(prepared.plan));
  await using store = await openStore(prepared, io);
  {
    using progress = await openProgress({ quiet: flags.quiet === true, warnings: prepared.warnings, io });
    try {
      await play(prepared, { store, signal: stop.signal, onEvent: (event) => progress.onEvent(event) });
    } catch (thrown) {
      // Whatever becomes of the rest, the user must hear why the run broke.
      if (thrown instanceof StoreError) await salvage(store, flags, io).catch(() => {});
      throw thrown;
    }
  }
  return await conclude(store, flags, io);
}

/** Plays a plan into the store. What happened is on its disk, to be judged. */
export async function play(
  { plan, scenario, iceServers, grid, certificate }: Prepared,
  { store, signal, onEvent }: { store: RunStore; signal: AbortSignal; onEvent?: (event: RunEvent) => void },
): Promise<void> {
  const { runScenario } = await import('../run-scenario.ts');
  const gate = await openGate(plan, store);
  await runScenario({
    plan,
    scenario,
    iceServers,
    ...(grid && { grid }),
    ...(certificate && { certificate }),
    store,
    onEvent: (event) => {
      gate?.note(event);
      onEvent?.(event);
    },
    gate,
    signal,
  });
}

/** A folder for the run, with what is known before it. */
export async function openStore(
  { plan, out }: Pick<Prepared, 'plan' | 'out'>,
  { env }: Io,
): Promise<RunStore> {
  const store = await createRunStore({ root: out, runId: plan.runId });
  await store.writePlan(plan);
  await store.writeEnvironment(describeEnvironment(env, plan));
  return store;
}

/** Stops the run as soon as a threshold with `abortOnFail` is breached; nothing is derived if there is none. */
async function openGate(
  plan: Plan,
  store: RunStore,
): Promise<(RunGate & Pick<LiveGate, 'note'>) | undefined> {
  const gate = new LiveGate(plan);
  if (!gate.isArmed) return undefined;
  const stored = await openRun(store.folder);
  return {
    note: (event) => gate.note(event),
    // All of the call is on disk once its record is; what others wait to write is none of its business.
    async after(record) {
      const collected = await stored.collected(record.id);
      return gate.add(record, (role) => stored.stats(record.id, role), collected);
    },
    now: () => gate.crossed(harnessNow()),
  };
}

/** Verdict and reports, from what is on disk. */
async function conclude(store: RunStore, flags: Flags, io: Io): Promise<ExitCode> {
  await store.flush();
  const stored = await openRun(store.folder);
  const result = await judgeStored(stored);
  await store.writeText(LAYOUT.result, `${JSON.stringify(result, null, 2)}\n`);
  await writeReports(stored, result, store, io);
  await printResult(result, store.folder, { json: flags.json === true, io });
  return exitCodeIn(result);
}

/** The disk takes no more: shows what can be told of the calls that are on it. The error itself follows. */
async function salvage({ folder }: RunStore, flags: Flags, io: Io): Promise<void> {
  if (flags.json === true) return;
  const result = await judgeStored(await openRun(folder));
  await printResult(result, folder, { json: false, io, hasReport: false });
}
