import { fakeNetwork } from '../helpers/fake-network.ts';
import type { CallRecord } from '../../harness/call-record.ts';
import type { RunNetwork } from '../../harness/network/run-network.ts';
import { describeEnvironment } from '../../harness/commands/environment.ts';
import type { PlannedLoad } from '../../harness/load/load.ts';
import { runPlan, type RunPlanOptions } from '../../harness/fleet/run-plan.ts';
import { AsyncStack } from '../../harness/lifecycle/async-stack.ts';
import type { Plan, PlannedCall, PlannedCell, RunOptions } from '../../harness/plan/plan.ts';
import { defineScenario, type Scenario, type ScriptContext } from '../../harness/scenario/scenario.ts';
import type { RunEvent } from '../../harness/store/layout.ts';
import { openRun, type StoredRun } from '../../harness/store/open-run.ts';
import { createRunStore } from '../../harness/store/run-store.ts';
import { FakeHost, type FakeHostOptions } from '../helpers/fake-host.ts';
import { aPlan, temporaryFolder } from '../store/a-run.ts';

export type Script = (context: ScriptContext<'caller' | 'callee'>) => Promise<void>;

export interface RunGiven
  extends FakeHostOptions, Pick<RunPlanOptions, 'gate'>, Pick<Scenario, 'setup' | 'teardown'> {
  script: Script;
  /** Calls as `cell/vu`, in the plan's order: `chrome:firefox/2`. */
  calls?: string[];
  /** In place of calls one after another; of the cells that `calls` names. */
  load?: PlannedLoad[];
  options?: Partial<RunOptions>;
  params?: Plan['params'];
  /** Of every cell. */
  needs?: PlannedCell['needs'];
  signal?: AbortSignal;
  /** Default: none, and no servers. */
  network?: RunNetwork;
  onEvent?: (event: RunEvent) => void;
  /** Given the host before the run begins. */
  onHost?: (host: FakeHost) => void;
}

export interface FinishedRun extends AsyncDisposable {
  host: FakeHost;
  events: RunEvent[];
  stored: StoredRun;
  /** As they are on disk, by call. */
  records: Record<string, CallRecord>;
}

/** A plan with these calls, named `1`, `2`, … in order. */
export function planOf(calls: string[], options: Partial<RunOptions> = {}): Plan {
  const cells = [...new Set(calls.map((call) => call.split('/')[0]!))].map((id) => {
    const [caller = '', callee = ''] = id.split(':');
    return { id, assignment: { caller, callee } };
  });
  const counts = new Map<string, number>();
  const planned: PlannedCall[] = calls.map((call, index) => {
    const [cell = '', vu = '1'] = call.split('/');
    const iteration = counts.get(cell) ?? 0;
    counts.set(cell, iteration + 1);
    return { id: String(index + 1), cell, vu: Number(vu), iteration };
  });
  const plan = aPlan();
  return { ...plan, cells, calls: planned, options: { ...plan.options, durationMs: 10, ...options } };
}

/** Runs a script on fake peers, and reads back what the run left on disk. */
export async function runFake(given: RunGiven): Promise<FinishedRun> {
  const {
    script,
    calls = ['chrome:firefox'],
    load,
    options,
    params,
    setup,
    teardown,
    needs,
    onEvent,
    onHost,
    gate,
    network,
    ...hostOptions
  } = given;
  const plan = { ...planOf(calls, options), ...(load && { load, calls: [] }), ...(params && { params }) };
  if (needs) plan.cells = plan.cells.map((cell) => ({ ...cell, needs }));
  await using stack = new AsyncStack();
  const root = await temporaryFolder();
  stack.use(root);
  const host = stack.use(await FakeHost.open(hostOptions));
  onHost?.(host);
  const events: RunEvent[] = [];
  await using store = await createRunStore({ root: root.path, runId: 'r1' });
  await store.writePlan(plan);
  await store.writeEnvironment(describeEnvironment({}));
  await runPlan({
    plan,
    scenario: defineScenario({
      name: 's',
      summary: '.',
      guardsAgainst: '.',
      roles: ['caller', 'callee'],
      ...(setup && { setup }),
      script,
      ...(teardown && { teardown }),
    }) as unknown as Scenario,
    host,
    network: network ?? fakeNetwork(),
    signalingToken: 't',
    store,
    emit: (event) => {
      events.push(event);
      void store.appendEvent(event);
      onEvent?.(event);
    },
    signal: given.signal ?? new AbortController().signal,
    gate,
  });
  await store.appendEvent({ t: Date.now(), type: 'run-ended' });
  await store.flush();
  const stored = await openRun(store.folder);
  const records: Record<string, CallRecord> = {};
  for await (const record of stored.records()) records[record.id] = record;
  const owned = stack.move();
  return {
    host,
    events,
    stored,
    records,
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}

/** `call-started 1`, `call-ended 1`, …, without the rest. */
export const order = (events: RunEvent[]): string[] =>
  events.flatMap((event) =>
    event.type === 'call-started' || event.type === 'call-ended' ? `${event.type} ${event.call}` : [],
  );
