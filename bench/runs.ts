import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CallRecord } from '../harness/call-record.ts';
import { judgeStored } from '../harness/commands/judge-stored.ts';
import { EXIT_CODES } from '../harness/exit-codes.ts';
import type { RunResult } from '../harness/result.ts';
import { openRun, type StoredRun } from '../harness/store/open-run.ts';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

export interface Timed {
  /** Epoch ms when the command was given, and when it had ended. */
  startMs: number;
  endMs: number;
  stdout: string;
}

/** Runs a command to its end. Throws with its output if it exits otherwise: a figure of a failed run is no figure. */
export async function time(
  command: string,
  args: string[],
  { exits = [0], env = process.env }: { exits?: readonly number[]; env?: NodeJS.ProcessEnv } = {},
): Promise<Timed> {
  const startMs = performance.timeOrigin + performance.now();
  const child = spawn(command, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  const endMs = performance.timeOrigin + performance.now();
  if (exitCode === null || !exits.includes(exitCode))
    throw new Error(`${command} ${args.join(' ')} exited ${exitCode}:\n${stderr}${stdout}`);
  return { startMs, endMs, stdout };
}

export interface TimedRun extends Timed {
  run: StoredRun;
  records: CallRecord[];
  result: RunResult | undefined;
}

/** `npm run scenario -- p2p-call …`, as a user types it, and what it left. */
export function timeScenario(args: string[]): Promise<TimedRun> {
  return timeRun(args, [0]);
}

/** The same of a load that may be more than the machine holds: whether its figures are any is for who asked to say. */
export async function timeLoad(args: string[]): Promise<TimedRun & { result: RunResult }> {
  const timed = await timeRun(args, [EXIT_CODES.passed, EXIT_CODES.failed, EXIT_CODES.inconclusive]);
  return { ...timed, result: timed.result! };
}

/** The same, judged in the time in which all of its calls were held: others' launches are in none of its figures. */
export async function timeHeldLoad(args: string[]): Promise<TimedRun & { result: RunResult }> {
  const exits = [EXIT_CODES.passed, EXIT_CODES.failed, EXIT_CODES.inconclusive];
  const judgeHeld = (run: StoredRun) => judgeStored({ ...run, plan: { ...run.plan, window: 'all-held' } });
  const timed = await timeRun(args, exits, judgeHeld);
  return { ...timed, result: timed.result! };
}

async function timeRun(
  args: string[],
  exits: readonly number[],
  resultOf: (run: StoredRun) => Promise<RunResult | undefined> = (run) => run.result(),
): Promise<TimedRun> {
  const out = await mkdtemp(join(tmpdir(), 'callrig-bench-'));
  try {
    const command = ['run', '--silent', 'scenario', '--', 'p2p-call', '--out', out, ...args];
    const timed = await time('npm', command, { exits });
    const run = await openRun(join(out, 'latest'));
    const records: CallRecord[] = [];
    for await (const record of run.records()) records.push(record);
    // The events are read now: the folder goes away.
    const events = [...run.events()];
    return {
      ...timed,
      run: { ...run, events: () => events.values() as ReturnType<StoredRun['events']> },
      records,
      result: await resultOf(run),
    };
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export interface Figure {
  name: string;
  value: number;
  unit: string;
  /** The most it should be. */
  limit: number;
  /** What the value was made of. */
  from: string;
}
