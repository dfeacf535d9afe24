import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import {
  concludeCapacity,
  describeGoals,
  type CapacityLevel,
  type CapacityResult,
} from '../capacity/capacity-result.ts';
import { callsPerCore, outcomeOf } from '../capacity/outcome.ts';
import { parseCapacity, type CapacityGoals } from '../capacity/parse-capacity.ts';
import { searchCapacity, type Capacity } from '../capacity/search.ts';
import { knownMetrics } from '../metrics/custom-metrics.ts';
import { CallrigError, ConfigError, toError, type Problem } from '../errors.ts';
import type { ExitCode } from '../exit-codes.ts';
import { shownPath } from '../scenario/load.ts';
import { LAYOUT } from '../store/layout.ts';
import { openRun } from '../store/open-run.ts';
import { createRunStore, type RunStore } from '../store/run-store.ts';
import { parseDuration } from '../units.ts';
import type { ThresholdSpec } from '../verdict/thresholds.ts';
import { describeEnvironment } from './environment.ts';
import { hasColor, printJson, textOf, type Flags, type Io } from './io.ts';
import { judgeStored } from './judge-stored.ts';
import { prepareRun, type Prepared } from './prepare.ts';
import { requireRoom } from './require-room.ts';
import { requireTools } from './require-tools.ts';
import { openStore, play } from './run.ts';
import { listenForStop } from './stop-signals.ts';
import { writeReports } from './write-reports.ts';

const MOST_CALLS = 10_000;
/** Longer than any load's calls take to connect. */
const SETUP_MS = 600_000;
/** How many calls there are, and for how long, is the search's to say. */
const LOAD_FLAGS = ['executor', 'vus', 'rate', 'stage', 'duration', 'iterations', 'hold', 'max-duration'];

interface Asked {
  start: number;
  max: number;
  levelMs: number;
}

/** The search under way: what was found so far is told whatever ends it. */
interface Search extends Asked {
  thresholds: CapacityGoals;
  folder: string;
  levels: CapacityLevel[];
  flags: Flags;
  io: Io;
  signal: AbortSignal;
}

/**
 * Finds how many calls at the same time still meet the thresholds of `--capacity`, each level a run of its own with
 * browsers of its own, so that none inherits what the one before left. Writes `capacity.json`, the reports, and each
 * level's run.
 *
 * Exit codes: 0 found; 99 if not even one call holds; 111 if this machine was the limit or a level could not be judged; 105
 * when stopped, with what was found so far.
 *
 * @throws ConfigError with every problem
 */
export async function findCapacity(flags: Flags, io: Io): Promise<ExitCode> {
  using stop = listenForStop(io);
  const startedAt = new Date().toISOString();
  const { prepared, asked, thresholds } = await prepareSearch(flags, io);
  requireTools(prepared.plan, { ...io.env });
  await using store = await createRunStore({ root: prepared.out, runId: prepared.plan.runId });
  for (const warning of prepared.warnings) io.stderr.write(`callrig: ${warning}\n`);
  const { folder } = store;
  const search: Search = { ...asked, thresholds, folder, levels: [], flags, io, signal: stop.signal };
  const found = await searched(search);
  const environment = describeEnvironment(io.env, prepared.plan);
  const cores = availableParallelism();
  const perCore = callsPerCore(found, cores);
  const aborted = stop.signal.aborted ? toError(stop.signal.reason).message : undefined;
  const result: CapacityResult = {
    schemaVersion: 1,
    callrig: prepared.plan.callrig,
    runId: prepared.plan.runId,
    scenario: { name: prepared.scenario.name, summary: prepared.scenario.summary },
    startedAt,
    finishedAt: new Date().toISOString(),
    thresholds: describeGoals(thresholds),
    levelMs: asked.levelMs,
    environment,
    ...(await madeBy(search)),
    ...found,
    ...(perCore !== undefined && { callsPerCore: perCore }),
    ...(aborted !== undefined && { aborted }),
    ...concludeCapacity(found, { cores, aborted }),
  };
  await store.writeText(LAYOUT.capacity, `${JSON.stringify(result, null, 2)}\n`);
  await writeCapacityReports(result, store, io);
  await print(result, store.folder, flags, io);
  return result.exitCode;
}

async function prepareSearch(flags: Flags, io: Io) {
  const problems: Problem[] = [];
  for (const name of LOAD_FLAGS.filter((each) => flags[each] !== undefined)) {
    problems.push({
      path: `--${name}`,
      expected: 'not to be given with --capacity, which finds how many calls hold',
      got: String(flags[name]),
      hint: 'how long a level lasts is --capacity-level, the first and the largest are --capacity-start and --capacity-max',
    });
  }
  const asked = readAsked(flags, problems);
  const first = levelFlags(flags, asked, asked.start);
  const prepared = await prepareRun(first, io).catch((thrown: unknown) => {
    if (thrown instanceof ConfigError && problems.length > 0)
      throw new ConfigError([...problems, ...thrown.problems]);
    throw thrown;
  });
  const words = { known: knownMetrics(prepared.scenario.metrics) };
  const thresholds = parseCapacity(textOf(flags, 'capacity') ?? '', problems, words);
  if (problems.length > 0) throw new ConfigError(problems);
  return { prepared, asked, thresholds };
}

function readAsked(flags: Flags, problems: Problem[]): Asked {
  const whole = (name: string, fallback: number): number => {
    const text = textOf(flags, name);
    if (text === undefined) return fallback;
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= 1 && value <= MOST_CALLS) return value;
    const expected = `a whole number of calls from 1 to ${MOST_CALLS}`;
    problems.push({ path: `--${name}`, expected, got: JSON.stringify(text) });
    return fallback;
  };
  const start = whole('capacity-start', 1);
  const max = whole('capacity-max', MOST_CALLS);
  if (start > max)
    problems.push({
      path: '--capacity-start',
      expected: `at most --capacity-max, ${max}`,
      got: String(start),
    });
  const text = textOf(flags, 'capacity-level') ?? '20s';
  const levelMs = parseDuration(text);
  if (!levelMs)
    problems.push({ path: '--capacity-level', expected: 'a duration like "20s"', got: JSON.stringify(text) });
  return { start, max, levelMs: levelMs ?? 1 };
}

function levelFlags(flags: Flags, { levelMs }: Pick<Asked, 'levelMs'>, vus: number): Flags {
  const own = Object.entries(flags).filter(
    ([name]) => !name.startsWith('capacity') && !LOAD_FLAGS.includes(name),
  );
  return {
    ...Object.fromEntries(own),
    executor: 'per-vu-iterations',
    vus: String(vus),
    iterations: '1',
    hold: `${levelMs}ms`,
    'max-duration': `${levelMs + SETUP_MS}ms`,
  };
}

async function searched(search: Search): Promise<Capacity<CapacityLevel>> {
  const { start, max, levels, signal } = search;
  try {
    return await searchCapacity({ start, max, tryLevel: (vus) => tryLevel(search, vus) });
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    const held = levels.filter(({ outcome }) => outcome === 'held').map(({ vus }) => vus);
    return { levels, holds: Math.max(0, ...held), limitedBy: 'end' };
  }
}

async function tryLevel(search: Search, vus: number): Promise<CapacityLevel> {
  const { levels, flags, io, signal, levelMs } = search;
  signal.throwIfAborted();
  const name = `${String(levels.length + 1).padStart(2, '0')}-vus-${vus}`;
  const log = (line: string) => flags['quiet'] !== true && io.stderr.write(`callrig: ${line}\n`);
  log(
    `level ${levels.length + 1}: ${vus} ${vus === 1 ? 'call' : 'calls'} at a time, for ${levelMs / 1000} s`,
  );
  const prepared = asLevel(await prepareRun(levelFlags(flags, search, vus), io), search, name);
  const noRoom = whyNoRoom(prepared);
  const level = noRoom ?? (await playLevel(prepared, { io, signal, vus, name }));
  levels.push(level);
  log(`level ${levels.length}: ${level.outcome}: ${level.headline}`);
  // What was cut off says nothing of the level.
  if (signal.aborted) {
    levels.pop();
    signal.throwIfAborted();
  }
  return level;

  function whyNoRoom(ready: Prepared): CapacityLevel | undefined {
    try {
      for (const warning of requireRoom(ready.plan)) log(warning);
      return undefined;
    } catch (thrown) {
      if (!(thrown instanceof CallrigError)) throw thrown;
      return { vus, outcome: 'saturated', folder: '', headline: thrown.message, thresholds: [], metrics: {} };
    }
  }
}

/** The level's plan: judged by what `--capacity` says and nothing else, in the time in which all of its calls are held. */
function asLevel(prepared: Prepared, { thresholds, folder }: Search, runId: string): Prepared {
  // Which calls passed all their checks is for `--capacity` to ask, with `call_success`.
  const call_success = thresholds['call_success'] ?? [ANY_PASSED];
  const plan = {
    ...prepared.plan,
    runId,
    thresholds: { ...thresholds, call_success },
    window: 'all-held' as const,
  };
  return { ...prepared, plan, out: join(folder, LAYOUT.levels) };
}

const ANY_PASSED: ThresholdSpec = { expression: 'rate>0', aggregation: 'rate', operator: '>', limit: 0 };

async function playLevel(
  prepared: Prepared,
  { io, signal, vus, name }: { io: Io; signal: AbortSignal; vus: number; name: string },
): Promise<CapacityLevel> {
  await using store = await openStore(prepared, io);
  await play(prepared, { store, signal });
  await store.flush();
  const stored = await openRun(store.folder);
  const result = await judgeStored(stored);
  await store.writeText(LAYOUT.result, `${JSON.stringify(result, null, 2)}\n`);
  const { GITHUB_STEP_SUMMARY: _, ...env } = io.env;
  await writeReports(stored, result, store, { ...io, env });
  const asked = result.thresholds.filter(({ expression }) => expression !== ANY_PASSED.expression);
  return {
    vus,
    outcome: outcomeOf(result, { toleratesSaturation: prepared.plan.options.saturation === 'tolerate' }),
    folder: `${LAYOUT.levels}/${name}`,
    headline: result.headline,
    thresholds: asked,
    metrics: result.metrics,
    ...(result.generator && { generator: result.generator }),
  };
}

/** Which browsers made the calls, and how they sat: as the last level's run says. */
async function madeBy({ levels, folder }: Search): Promise<Pick<CapacityResult, 'browsers' | 'fleet'>> {
  const last = levels.findLast((level) => level.folder !== '');
  const result = last && (await (await openRun(join(folder, last.folder))).result());
  return { browsers: result?.browsers ?? [], ...(result?.fleet && { fleet: result.fleet }) };
}

async function writeCapacityReports(result: CapacityResult, store: RunStore, io: Io): Promise<void> {
  const { renderCapacitySummary } = await import('../../reports/capacity-summary.ts');
  const { renderCapacityHtml } = await import('../../reports/html/capacity/capacity-page.ts');
  const { loadReportAssets } = await import('../../reports/html/load-assets.ts');
  const { appendStepSummary } = await import('./write-reports.ts');
  const summary = renderCapacitySummary(result);
  await store.writeText(LAYOUT.summary, summary);
  await store.writeText(LAYOUT.report, renderCapacityHtml(result, loadReportAssets()));
  await appendStepSummary(summary, io);
}

async function print(result: CapacityResult, folder: string, flags: Flags, io: Io): Promise<void> {
  if (flags['json'] === true) return printJson(io, result);
  const { renderCapacityTable } = await import('../../reports/terminal/capacity.ts');
  const { stdout, env, cwd } = io;
  const color = hasColor(stdout, env);
  const report = shownPath(join(folder, LAYOUT.report), cwd);
  stdout.write(renderCapacityTable(result, { color, width: stdout.columns ?? 100, report }));
}
