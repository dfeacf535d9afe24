import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { capacityExit } from './outcome.ts';
import type { CapacityGoals } from './parse-capacity.ts';
import type { GeneratorResult, MetricSummary, RunResult, ThresholdResult } from '../result.ts';
import type { Capacity, TriedLevel } from './search.ts';

/** So many calls at the same time, tried. */
export interface CapacityLevel extends TriedLevel {
  /** Its run, in the folder of the search. */
  folder: string;
  /** What its run came to, one sentence. */
  headline: string;
  /** Those of `--capacity`, in their order. */
  thresholds: ThresholdResult[];
  /** Of the time in which all calls were held. */
  metrics: Record<string, MetricSummary>;
  generator?: GeneratorResult;
}

/** How many calls hold. `capacity.json`. */
export interface CapacityResult {
  schemaVersion: 1;
  callrig: string;
  runId: string;
  scenario: { name: string; summary: string };
  startedAt: string;
  finishedAt: string;
  /** What a level had to meet: `fps_received p(5)>=15`. */
  thresholds: string[];
  /** How long all calls of a level were to be held together, ms. */
  levelMs: number;
  environment: RunResult['environment'];
  browsers: RunResult['browsers'];
  fleet?: NonNullable<RunResult['fleet']>;
  /** In the order they were tried. */
  levels: CapacityLevel[];
  /** The largest number of calls at the same time that held every time it was tried; 0 if none did. */
  holds: number;
  /** The smallest that broke. Absent if none did. */
  breaksAt?: number;
  limitedBy: Capacity['limitedBy'];
  /** `holds`, for each core of the machine that made the calls. Absent if none held. */
  callsPerCore?: number;
  /** The signal that stopped the search. */
  aborted?: string;
  status: 'passed' | 'failed' | 'inconclusive';
  exitCode: ExitCode;
  /** One sentence. */
  headline: string;
}

type Ends = Pick<CapacityResult, 'status' | 'exitCode' | 'headline'>;

/** What the search came to, in a sentence and as an exit code. */
export function concludeCapacity(
  found: Pick<Capacity<CapacityLevel>, 'levels' | 'holds' | 'breaksAt' | 'limitedBy'>,
  { cores, aborted }: { cores: number; aborted?: string | undefined },
): Ends {
  const { levels, holds, breaksAt, limitedBy } = found;
  const hold = `${calls(holds)} at a time hold${holds === 1 ? 's' : ''} (${perCore(holds, cores)} per core of ${cores})`;
  const atLeast = holds > 0 ? `at least ${hold}` : 'nothing held';
  const end = levels.findLast(({ outcome }) => outcome !== 'held');
  if (aborted !== undefined) {
    const headline = `stopped by ${aborted} after ${levels.length} ${levels.length === 1 ? 'level' : 'levels'}: ${atLeast}`;
    return { status: 'inconclusive', exitCode: EXIT_CODES.aborted, headline };
  }
  const exitCode = capacityExit(found);
  const status =
    exitCode === EXIT_CODES.passed ? 'passed' : exitCode === EXIT_CODES.failed ? 'failed' : 'inconclusive';
  const broken = levels.find(({ vus, outcome }) => vus === breaksAt && outcome === 'broke');
  const breaks = `${calls(breaksAt ?? 0)} at a time: ${broken ? whyBroken(broken) : 'broke'}`;
  const headline = {
    service: `${holds > 0 ? hold : 'not even one call holds'}; ${breaks}`,
    end: `${atLeast}; it was not asked for more (--capacity-max)`,
    machine: `${atLeast}; this machine, not the service, is the limit: ${end ? whySaturated(end) : ''}`,
    unknown: `${atLeast}; ${end ? `${calls(end.vus)} at a time could not be judged: ${end.headline}` : ''}`,
  }[limitedBy];
  return { status, exitCode, headline };
}

/** `3` or `2.5`. */
export function perCore(holds: number, cores: number): string {
  return String(Number((holds / cores).toFixed(2)));
}

/** What a level had to meet, as it is told: `fps_received p(5)>=15`. */
export function describeGoals(goals: CapacityGoals): string[] {
  return Object.entries(goals).flatMap(([metric, specs]) =>
    specs.map(({ expression }) => `${metric} ${expression}`),
  );
}

function whyBroken({ thresholds, headline }: CapacityLevel): string {
  const broken = thresholds.filter(({ status }) => status === 'failed').map(renderLevelThreshold);
  return broken.length > 0 ? broken.join(', ') : headline;
}

function whySaturated({ vus, generator, thresholds }: CapacityLevel): string {
  // Breaches of a saturated level are told too: the service may have been at its limit as well.
  const missed = thresholds.filter(({ status, actual }) => status !== 'passed' && actual !== undefined);
  const also =
    missed.length > 0 ? `; ${missed.map(renderLevelThreshold).join(', ')}, whoever's doing that is` : '';
  return `at ${calls(vus)} ${generator?.reasons.join(', ') ?? 'it was saturated'}${also}`;
}

function renderLevelThreshold({ metric, expression, actual }: ThresholdResult): string {
  const got = actual === undefined ? 'no samples' : `got ${Number(actual.toPrecision(3))}`;
  return `${metric} ${expression}, ${got}`;
}

function calls(count: number): string {
  return `${count} ${count === 1 ? 'call' : 'calls'}`;
}
