import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { StoreError, toError } from '../errors.ts';
import type { CallRecord, ConsoleEntry } from '../call-record.ts';
import type { MachineSample } from '../monitor/machine-sample.ts';
import type { Plan } from '../plan/plan.ts';
import type { RunResult } from '../result.ts';
import type { CollectedCall } from '../metrics/collected.ts';
import type { StatsDelta } from '../stats/sample.ts';
import { LAYOUT, type CallEvent, type RunEvent } from './layout.ts';
import { readJsonLines, readLines } from './lines.ts';

/**
 * A run's folder, read. Lines are read lazily and synchronously, each time from the start; a truncated last line is
 * dropped, and what was never written is empty. Everything throws `StoreError` on a file that is not what it was.
 */
export interface StoredRun {
  /** Absolute. */
  readonly folder: string;
  readonly plan: Plan;
  /** The machine the run was made on. */
  environment(): Promise<RunResult['environment']>;
  /** Ids of the calls that ended, in the plan's order; of loads, load by load in the order they began. */
  callIds(): Promise<string[]>;
  record(call: string): Promise<CallRecord>;
  /** The records of the calls that ended, in the plan's order, one in memory at a time. */
  records(): AsyncGenerator<CallRecord>;
  events(): Generator<RunEvent>;
  /** What the machine did, second by second; empty of a run without a load. */
  machine(): Generator<MachineSample>;
  callEvents(call: string): Generator<CallEvent>;
  stats(call: string, role: string): Generator<StatsDelta>;
  /** What was measured while raw samples were left out; `undefined` if none were. */
  collected(call: string): Promise<CollectedCall | undefined>;
  console(call: string, role: string): Generator<ConsoleEntry>;
  signaling(call: string): Generator<unknown>;
  browserLog(browser: string): Generator<string>;
  /** `undefined` when the run was not judged. */
  result(): Promise<RunResult | undefined>;
}

/** Opens a run's folder for reading. Throws `StoreError` if it is not one, or one of another version. */
export async function openRun(folder: string): Promise<StoredRun> {
  const absolute = resolve(folder);
  const plan = await readPlan(absolute);
  const at = (name: string): string => join(absolute, name);
  const record = (call: string): Promise<CallRecord> => readJson<CallRecord>(at(LAYOUT.call(call)));

  async function callIds(): Promise<string[]> {
    const ended = new Set<string>();
    for (const call of await namesIn(at(LAYOUT.calls))) {
      if ((await namesIn(at(`${LAYOUT.calls}/${call}`))).includes('call.json')) ended.add(call);
    }
    // A load decides as it goes which calls there are.
    if (plan.load) return [...ended].toSorted();
    return plan.calls.map((call) => call.id).filter((id) => ended.has(id));
  }

  return {
    folder: absolute,
    plan,
    environment: () => readJson<RunResult['environment']>(at(LAYOUT.environment)),
    callIds,
    record,
    async *records() {
      for (const call of await callIds()) yield await record(call);
    },
    events: () => readJsonLines(at(LAYOUT.events)),
    machine: () => readJsonLines(at(LAYOUT.host)),
    callEvents: (call) => readJsonLines(at(LAYOUT.callEvents(call))),
    *stats(call, role) {
      yield* readJsonLines<StatsDelta>(at(LAYOUT.stats(call, role)));
      yield* readJsonLines<StatsDelta>(at(LAYOUT.series(call, role)));
    },
    async collected(call) {
      const there = (await namesIn(at(`${LAYOUT.calls}/${call}`))).includes('metrics.json');
      return there ? readJson<CollectedCall>(at(LAYOUT.collected(call))) : undefined;
    },
    console: (call, role) => readJsonLines(at(LAYOUT.console(call, role))),
    signaling: (call) => readJsonLines(at(LAYOUT.signaling(call))),
    browserLog: (browser) => readLines(at(LAYOUT.browserLog(browser))),
    async result() {
      const there = (await namesIn(absolute)).includes(LAYOUT.result);
      return there ? readJson<RunResult>(at(LAYOUT.result)) : undefined;
    },
  };
}

async function readPlan(folder: string): Promise<Plan> {
  const names = await namesIn(folder);
  if (!names.includes(LAYOUT.plan)) {
    throw new StoreError(`${folder} is not a run's folder: it has no ${LAYOUT.plan}`, {
      code: 'RUN_NOT_FOUND',
      hint: 'Name a folder that `callrig run` made, or `latest`.',
      details: { folder },
    });
  }
  const plan = await readJson<Plan>(join(folder, LAYOUT.plan));
  if (plan.schemaVersion !== 1) {
    throw new StoreError(`${folder} was written in another version of the format`, {
      code: 'RUN_VERSION',
      hint: `This is schema version 1; the run's is ${JSON.stringify(plan.schemaVersion)}.`,
      details: { folder },
    });
  }
  return plan;
}

async function readJson<Value>(path: string): Promise<Value> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Value;
  } catch (cause) {
    throw new StoreError(`cannot read ${path}: ${toError(cause).message}`, { code: 'RUN_CORRUPT', cause });
  }
}

/** What a folder holds, sorted; nothing when there is no such folder. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).toSorted();
  } catch (thrown) {
    if (
      thrown instanceof Error &&
      'code' in thrown &&
      (thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR')
    )
      return [];
    throw thrown;
  }
}
