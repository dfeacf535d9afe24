import type { Plan } from '../plan/plan.ts';
import type { RunResult } from '../result.ts';
import type { RunEvent } from '../store/layout.ts';
import type { StoredRun } from '../store/open-run.ts';
import { type HookFailure, judge } from '../verdict/judge.ts';
import type { Crossed } from '../verdict/live-gate.ts';
import { timeAllHeld } from '../verdict/window.ts';
import type { LoadCourse } from '../verdict/loads.ts';

/**
 * Judges a run from what is on its disk alone, be it over, stopped or killed.
 *
 * @param thresholds Instead of the plan's.
 */
export async function judgeStored(run: StoredRun, thresholds = run.plan.thresholds): Promise<RunResult> {
  const plan: Plan = { ...run.plan, thresholds };
  const window = plan.window === 'all-held' ? await timeAllHeld(run.records()) : undefined;
  return await judge({
    plan,
    records: run.records(),
    statsOf: (call, role) => run.stats(call, role),
    collectedOf: (call) => run.collected(call),
    machine: run.machine(),
    ...(window && { window }),
    environment: await run.environment(),
    ...courseOf(run),
  });
}

interface Course {
  startedAtMs: number;
  finishedAtMs: number;
  aborted?: string;
  crossed?: Crossed;
  course: LoadCourse;
  stats?: NonNullable<RunResult['stats']>;
  hookFailures: HookFailure[];
}

/** When the run was, and what stopped it. One that does not say that it ended was killed, or its disk was full. */
function courseOf(run: StoredRun): Course {
  let startedAtMs = Date.parse(run.plan.createdAt);
  let finishedAtMs = startedAtMs;
  let last: RunEvent | undefined;
  let aborted: string | undefined;
  let crossed: Crossed | undefined;
  let stats: Course['stats'];
  const hookFailures: HookFailure[] = [];
  const loads = new LoadsSeen();
  for (const event of run.events()) {
    if (event.type === 'run-started') startedAtMs = event.t;
    if (event.type === 'run-aborted') aborted = event.signal;
    if (event.type === 'threshold-crossed') crossed = event;
    if (event.type === 'stats-collected') stats = statsOf(event);
    if (event.type === 'hook-failed') hookFailures.push(event);
    loads.add(event);
    finishedAtMs = Math.max(startedAtMs, event.t);
    last = event;
  }
  if (last?.type !== 'run-ended') aborted ??= 'an unexpected end';
  const { course } = loads;
  return {
    startedAtMs,
    finishedAtMs,
    course,
    hookFailures,
    ...(stats && { stats }),
    ...(crossed && { crossed }),
    ...(aborted !== undefined && { aborted }),
  };
}

type Collected = Extract<RunEvent, { type: 'stats-collected' }>;

function statsOf({ samples, thinned, thinnedCalls, longestDelayMs }: Collected): Course['stats'] {
  return { samples, thinned, thinnedCalls, longestDelayMs: Math.round(longestDelayMs) };
}

/** What events tell of the loads. */
class LoadsSeen {
  readonly #loads = new Map<string, { dropped: number; vus: number; mostVus: number }>();
  #mostVus = 0;

  add(event: RunEvent): void {
    if (event.type !== 'vus' && event.type !== 'dropped-iterations') return;
    const load = this.#loads.get(event.load) ?? { dropped: 0, vus: 0, mostVus: 0 };
    this.#loads.set(event.load, load);
    if (event.type === 'dropped-iterations') load.dropped += event.count;
    else {
      load.vus = event.vus;
      load.mostVus = Math.max(load.mostVus, event.vus);
      const together = [...this.#loads.values()].reduce((sum, { vus }) => sum + vus, 0);
      this.#mostVus = Math.max(this.#mostVus, together);
    }
  }

  get course(): LoadCourse {
    const loads = [...this.#loads].map(([name, { dropped, mostVus }]) => [name, { dropped, mostVus }]);
    return { loads: Object.fromEntries(loads) as LoadCourse['loads'], mostVus: this.#mostVus };
  }
}
