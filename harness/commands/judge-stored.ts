import type { Plan } from '../plan/plan.ts';
import type { RunResult } from '../result.ts';
import type { RunEvent } from '../store/layout.ts';
import type { StoredRun } from '../store/open-run.ts';
import { type HookFailure, judge } from '../verdict/judge.ts';

/**
 * Judges a run from what is on its disk alone, be it over, stopped or killed.
 *
 * @param thresholds Instead of the plan's.
 */
export async function judgeStored(run: StoredRun, thresholds = run.plan.thresholds): Promise<RunResult> {
  const plan: Plan = { ...run.plan, thresholds };
  return await judge({
    plan,
    records: run.records(),
    statsOf: (call, role) => run.stats(call, role),
    environment: await run.environment(),
    ...courseOf(run),
  });
}

interface Course {
  startedAtMs: number;
  finishedAtMs: number;
  aborted?: string;
  hookFailures: HookFailure[];
}

/** When the run was, and what stopped it. One that does not say that it ended was killed, or its disk was full. */
function courseOf(run: StoredRun): Course {
  let startedAtMs = Date.parse(run.plan.createdAt);
  let finishedAtMs = startedAtMs;
  let last: RunEvent | undefined;
  let aborted: string | undefined;
  const hookFailures: HookFailure[] = [];
  for (const event of run.events()) {
    if (event.type === 'run-started') startedAtMs = event.t;
    if (event.type === 'run-aborted') aborted = event.signal;
    if (event.type === 'hook-failed') hookFailures.push(event);
    finishedAtMs = Math.max(startedAtMs, event.t);
    last = event;
  }
  if (last?.type !== 'run-ended') aborted ??= 'an unexpected end';
  return { startedAtMs, finishedAtMs, hookFailures, ...(aborted === undefined ? {} : { aborted }) };
}
