import type { Problem } from '../errors.ts';
import type { PlannedLoad } from '../load/load.ts';
import { parseLoad } from '../load/parse-load.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { parseDuration } from '../units.ts';
import type { SettingsReader } from './given.ts';

type Flags = Readonly<Record<string, unknown>>;

/** Flags that make a load by themselves, and those that only say more of one. */
const MAKING = ['executor', 'vus', 'stage', 'rate'] as const;
const ADDING = {
  'start-time': 'startTime',
  'graceful-stop': 'gracefulStop',
  'ramp-down': 'gracefulRampDown',
  'start-vus': 'startVUs',
  'start-rate': 'startRate',
  'time-unit': 'timeUnit',
  'pre-allocated-vus': 'preAllocatedVUs',
  'max-vus': 'maxVUs',
  'max-duration': 'maxDuration',
} as const;

/** A guess of what a call takes beside its hold, for a rate that comes without VUs. */
const SETUP_MS = 5000;

/** Whether flags make a load: then `--duration` and `--iterations` are the load's, as in k6. */
export function hasLoadFlags(flags: Flags): boolean {
  return MAKING.some((name) => flags[name] !== undefined);
}

export interface LoadInput {
  flags: Flags;
  scenario: Scenario | undefined;
  /** How long a call is held, ms. */
  holdMs: number;
}

/** The loads of a run, by flags or else by the scenario or else by the config file; `undefined` for none. */
export function readLoad(
  reader: SettingsReader,
  { flags, scenario, holdMs }: LoadInput,
  problems: Problem[],
): PlannedLoad[] | undefined {
  checkStrayCapacity(flags, problems);
  if (hasLoadFlags(flags)) return parseFlags(flags, holdMs, problems);
  const given =
    scenario?.load === undefined ? reader.inConfig('load') : { path: 'load', value: scenario.load };
  checkStray(flags, given !== undefined, problems);
  return given && parseLoad(given.value, { path: given.path }, problems);
}

function parseFlags(flags: Flags, holdMs: number, problems: Problem[]): PlannedLoad[] {
  const stages = textsOf(flags['stage']).map((text, index) => toStage(text, index, problems));
  const executor = flags['executor'] ?? executorOf(flags);
  const isRate = executor === 'constant-arrival-rate' || executor === 'ramping-arrival-rate';
  const rate = toNumber(flags['rate']);
  const given: Record<string, unknown> = {
    executor,
    ...(isRate ? { preAllocatedVUs: vusFor(flags, stages, holdMs) } : { vus: toNumber(flags['vus']) }),
    ...(executor === 'ramping-arrival-rate' ? { startRate: rate } : { rate }),
    stages: stages.length > 0 ? stages : undefined,
    iterations: toNumber(flags['iterations']),
    duration: flags['duration'],
    ...Object.fromEntries(
      Object.entries(ADDING).flatMap(([flag, key]) =>
        flags[flag] === undefined ? [] : [[key, isTime(key) ? flags[flag] : toNumber(flags[flag])]],
      ),
    ),
  };
  // VUs that are none are told of once.
  if (executor === 'shared-iterations') given['iterations'] ??= Number(given['vus']) >= 1 ? given['vus'] : 1;
  if (executor === 'ramping-vus' && given['vus'] !== undefined) {
    given['startVUs'] ??= given['vus'];
    delete given['vus'];
  }
  const spec = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return parseLoad(spec, { path: 'load', pathOf: (key) => flagOf(key, flags) }, problems);
}

/** As k6 takes its own flags: what there is says which it is. */
function executorOf(flags: Flags): string {
  if (flags['stage'] !== undefined)
    return flags['rate'] === undefined ? 'ramping-vus' : 'ramping-arrival-rate';
  if (flags['rate'] !== undefined) return 'constant-arrival-rate';
  return flags['duration'] !== undefined && flags['iterations'] === undefined
    ? 'constant-vus'
    : 'shared-iterations';
}

/** As many as calls overlap where the rate is highest, unless the user says how many. */
function vusFor(flags: Flags, stages: readonly { target: unknown }[], holdMs: number): unknown {
  if (flags['pre-allocated-vus'] !== undefined) return toNumber(flags['pre-allocated-vus']);
  if (flags['vus'] !== undefined) return toNumber(flags['vus']);
  const rates = [flags['rate'], ...stages.map(({ target }) => target)].map(Number);
  const rate = Math.max(0, ...rates.filter(Number.isFinite));
  const unit = flags['time-unit'];
  const unitMs = (typeof unit === 'string' && parseDuration(unit)) || 1000;
  return Math.max(1, Math.ceil((rate * (holdMs + SETUP_MS)) / unitMs));
}

function isTime(key: string): boolean {
  return key === 'startTime' || key === 'timeUnit' || key === 'maxDuration' || key.startsWith('graceful');
}

function toStage(text: string, index: number, problems: Problem[]): { duration: string; target: unknown } {
  const [duration = '', target = '', ...rest] = text.split(':');
  if (target === '' || rest.length > 0) {
    problems.push({
      path: `--stage[${index}]`,
      expected: 'DURATION:TARGET like 30s:10',
      got: JSON.stringify(text),
    });
    return { duration: '1s', target: 1 };
  }
  return { duration, target: toNumber(target) };
}

/** What is no number stays what it is, to be told of. */
function toNumber(value: unknown): unknown {
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
}

function flagOf(key: string, flags: Flags): string {
  // Which of a rate's VUs there are `--vus` says too.
  if (key === 'preAllocatedVUs' && flags['pre-allocated-vus'] === undefined) return '--vus';
  const [flag] = Object.entries(ADDING).find(([, name]) => name === key) ?? [];
  if (flag !== undefined) return `--${flag}`;
  return key === 'stages' ? '--stage' : `--${key}`;
}

/** What says more of a search where there is none. */
function checkStrayCapacity(flags: Flags, problems: Problem[]): void {
  if (flags['capacity'] !== undefined) return;
  for (const flag of Object.keys(flags).filter((name) => name.startsWith('capacity-'))) {
    if (flags[flag] === undefined) continue;
    problems.push({ path: `--${flag}`, expected: "--capacity 'THRESHOLDS' beside it", got: 'none' });
  }
}

/** What says more of a load where flags make none. */
function checkStray(flags: Flags, hasLoad: boolean, problems: Problem[]): void {
  for (const flag of Object.keys(ADDING)) {
    if (flags[flag] === undefined) continue;
    const expected = '--vus, --stage, --rate or --executor beside it';
    problems.push({ path: `--${flag}`, expected, got: 'none of these' });
  }
  if (!hasLoad) return;
  for (const flag of ['duration', 'iterations']) {
    if (flags[flag] === undefined) continue;
    problems.push({
      path: `--${flag}`,
      expected: "--vus or --executor beside it, which replace the scenario's own load",
      got: 'neither',
      hint: '--hold says how long each call is held',
    });
  }
}

function textsOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((text) => typeof text === 'string');
}
