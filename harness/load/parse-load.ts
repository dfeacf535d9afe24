import type { Problem } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import { printable } from '../printable.ts';
import { isFields, reject, type Fields, type Written } from '../topology/fields.ts';
import { parseDuration } from '../units.ts';
import type { ExecutorName, PlannedLoad, PlannedStage } from './load.ts';
import { parseTags } from './load-tags.ts';
import { mostVus } from './timeline.ts';

/** k6's: ten minutes, half a minute, a second. */
const DEFAULTS = { maxDurationMs: 600_000, graceMs: 30_000, timeUnitMs: 1000 };

const COMMON = ['executor', 'startTime', 'gracefulStop', 'tags', 'cells'];
/** Beside what all have. */
const OWN: Record<ExecutorName, readonly string[]> = {
  'shared-iterations': ['vus', 'iterations', 'maxDuration'],
  'per-vu-iterations': ['vus', 'iterations', 'maxDuration'],
  'constant-vus': ['vus', 'duration'],
  'ramping-vus': ['startVUs', 'stages', 'gracefulRampDown'],
  'constant-arrival-rate': ['rate', 'timeUnit', 'duration', 'preAllocatedVUs', 'maxVUs'],
  'ramping-arrival-rate': ['startRate', 'timeUnit', 'stages', 'preAllocatedVUs', 'maxVUs'],
};
export const EXECUTORS = Object.keys(OWN) as ExecutorName[];
const NAME = /^[A-Za-z0-9_-]+$/;

export interface ParseLoadOptions {
  path: string;
  /** Where a field was written, if not under `path`. */
  pathOf?: (key: string) => string;
}

/**
 * The loads that somebody wrote, with everything decided; `cells` are patterns still. One load is called `default`, as in
 * k6. Only good if no problem was pushed.
 */
export function parseLoad(
  spec: unknown,
  { path, pathOf }: ParseLoadOptions,
  problems: Problem[],
): PlannedLoad[] {
  if (!isFields(spec)) {
    return rejected(
      { value: spec, path, problems },
      'a load like { executor: "constant-vus", … }, or several by name',
    );
  }
  if ('executor' in spec) return parseProfile('default', spec, { path, problems, pathOf });
  if (Object.keys(spec).length === 0) return rejected({ value: spec, path, problems }, 'at least one load');
  return Object.entries(spec).flatMap(([name, profile]) => {
    const at = { value: profile, path: `${path}.${name}`, problems };
    if (!NAME.test(name)) return rejected({ ...at, value: name }, 'a name of letters, digits, - and _');
    if (!isFields(profile)) return rejected(at, 'a load like { executor: "constant-vus", … }');
    return parseProfile(name, profile, at);
  });
}

function rejected(written: Written, expected: string, hint?: string): [] {
  reject(written, expected, hint);
  return [];
}

/** Reads the fields of one load; a problem says where its field was written. */
class Reader {
  readonly #fields: Fields;
  readonly #problems: Problem[];
  readonly #pathOf: (key: string) => string;

  constructor(fields: Fields, problems: Problem[], pathOf: (key: string) => string) {
    this.#fields = fields;
    this.#problems = problems;
    this.#pathOf = pathOf;
  }

  at(key: string): Written {
    return { value: this.#fields[key], path: this.#pathOf(key), problems: this.#problems };
  }

  has(key: string): boolean {
    return this.#fields[key] !== undefined;
  }

  /** A whole number; without a default it must be there. */
  count(key: string, min: number, fallback?: number): number {
    const { value } = this.at(key);
    if (value === undefined && fallback !== undefined) return fallback;
    if (Number.isSafeInteger(value) && Number(value) >= min) return Number(value);
    reject(this.at(key), `a whole number from ${min} on`);
    return Math.max(min, 1);
  }

  durationMs(key: string, { min = 0, fallback }: { min?: number; fallback?: number } = {}): number {
    const written = this.at(key);
    if (written.value === undefined && fallback !== undefined) return fallback;
    return durationOf(written, min) ?? 1;
  }

  stages(): PlannedStage[] {
    const written = this.at('stages');
    const { value, path, problems } = written;
    if (!Array.isArray(value) || value.length === 0) {
      return rejected(written, 'a list of stages like { duration: "30s", target: 10 }');
    }
    return value.flatMap((stage: unknown, index) => {
      const at = { value: stage, path: value.length === 1 ? path : `${path}[${index}]`, problems };
      if (!isFields(stage)) return rejected(at, 'a stage like { duration: "30s", target: 10 }');
      const { duration, target, ...others } = stage;
      for (const key of Object.keys(others)) {
        reject({ ...at, value: key }, 'duration and target', didYouMean(key, ['duration', 'target']));
      }
      const durationMs = durationOf({ ...at, path: `${at.path}.duration`, value: duration }, 0);
      if (!Number.isSafeInteger(target) || Number(target) < 0) {
        reject({ ...at, path: `${at.path}.target`, value: target }, 'a whole number from 0 on');
      }
      return durationMs === undefined ? [] : [{ durationMs, target: Number(target) }];
    });
  }

  cells(): string[] {
    const written = this.at('cells');
    if (written.value === undefined) return [];
    if (
      Array.isArray(written.value) &&
      written.value.length > 0 &&
      written.value.every((cell) => typeof cell === 'string')
    )
      return [...(written.value as string[])];
    return rejected(written, 'a list of cells, or of patterns like "chrome:*"');
  }
}

function durationOf(written: Written, min: number): number | undefined {
  const { value } = written;
  const ms = typeof value === 'string' ? parseDuration(value) : undefined;
  if (ms !== undefined && ms >= min) return ms;
  const isNegative = /^"?-/.test(printable(value));
  const isBare = /^"?[\d.]+"?$/.test(printable(value));
  const expected = min > 0 ? 'a duration above 0 like "30s"' : 'a duration like "30s"';
  return reject(written, expected, isBare ? 'add a unit' : isNegative ? 'time only goes forward' : undefined);
}

function parseProfile(
  name: string,
  fields: Fields,
  {
    path,
    problems,
    pathOf = (key) => `${path}.${key}`,
  }: { path: string; problems: Problem[]; pathOf?: ParseLoadOptions['pathOf'] },
): PlannedLoad[] {
  const reader = new Reader(fields, problems, pathOf);
  const before = problems.length;
  const executor = EXECUTORS.find((known) => known === fields.executor);
  if (executor === undefined) {
    const { executor: wanted } = fields;
    const hint = typeof wanted === 'string' ? didYouMean(wanted, EXECUTORS) : undefined;
    return rejected(reader.at('executor'), `one of ${EXECUTORS.join(', ')}`, hint);
  }
  checkKeys(executor, fields, reader);
  const load: PlannedLoad = {
    ...ownOf(executor, reader),
    name,
    startTimeMs: reader.durationMs('startTime', { fallback: 0 }),
    gracefulStopMs: reader.durationMs('gracefulStop', { fallback: DEFAULTS.graceMs }),
    tags: parseTags(reader.at('tags')),
    cells: reader.cells(),
  };
  if (problems.length === before) checkSizes(load, reader);
  return [load];
}

function checkKeys(executor: ExecutorName, fields: Fields, reader: Reader): void {
  const known = [...COMMON, ...OWN[executor]];
  for (const key of Object.keys(fields)) {
    if (known.includes(key) || fields[key] === undefined) continue;
    const others = EXECUTORS.filter((other) => OWN[other].includes(key));
    const hint =
      others.length > 0
        ? `${others.join(' and ')} ${others.length > 1 ? 'have' : 'has'} it`
        : didYouMean(key, known);
    reject({ ...reader.at(key), value: key }, `what ${executor} has: ${known.slice(1).join(', ')}`, hint);
  }
}

type Own<Load> = Load extends unknown
  ? Omit<Load, 'name' | 'startTimeMs' | 'gracefulStopMs' | 'tags' | 'cells'>
  : never;

function ownOf(executor: ExecutorName, reader: Reader): Own<PlannedLoad> {
  switch (executor) {
    case 'shared-iterations':
    case 'per-vu-iterations':
      return {
        executor,
        vus: reader.count('vus', 1, 1),
        iterations: reader.count('iterations', 1, 1),
        maxDurationMs: reader.durationMs('maxDuration', { min: 1, fallback: DEFAULTS.maxDurationMs }),
      };
    case 'constant-vus':
      return {
        executor,
        vus: reader.count('vus', 1, 1),
        durationMs: reader.durationMs('duration', { min: 1 }),
      };
    case 'ramping-vus':
      return {
        executor,
        startVus: reader.count('startVUs', 0, 1),
        stages: reader.stages(),
        gracefulRampDownMs: reader.durationMs('gracefulRampDown', { fallback: DEFAULTS.graceMs }),
      };
    case 'constant-arrival-rate':
      return {
        executor,
        rate: reader.count('rate', 1),
        durationMs: reader.durationMs('duration', { min: 1 }),
        ...vusOf(reader),
      };
    case 'ramping-arrival-rate':
      return {
        executor,
        startRate: reader.count('startRate', 0, 0),
        stages: reader.stages(),
        ...vusOf(reader),
      };
  }
}

function vusOf(reader: Reader): { timeUnitMs: number; preAllocatedVus: number; maxVus: number } {
  const timeUnitMs = reader.durationMs('timeUnit', { min: 1, fallback: DEFAULTS.timeUnitMs });
  const preAllocatedVus = reader.count('preAllocatedVUs', 1);
  const maxVus = reader.count('maxVUs', 1, preAllocatedVus);
  return { timeUnitMs, preAllocatedVus, maxVus };
}

/** What each field for itself cannot show. */
function checkSizes(load: PlannedLoad, reader: Reader): void {
  if (load.executor === 'shared-iterations' && load.iterations < load.vus) {
    reject(
      reader.at('iterations'),
      `at least as many as VUs, ${load.vus}`,
      'some VUs would have nothing to do',
    );
  }
  if ('maxVus' in load && load.maxVus < load.preAllocatedVus) {
    reject(reader.at('maxVUs'), `at least preAllocatedVUs, ${load.preAllocatedVus}`);
  }
  if (!('stages' in load)) return;
  const isNever =
    load.executor === 'ramping-vus'
      ? mostVus(load) === 0
      : load.startRate === 0 && load.stages.every(({ target }) => target === 0);
  if (isNever) reject(reader.at('stages'), 'a target above 0 somewhere', 'no call would ever begin');
  if (load.stages.every(({ durationMs }) => durationMs === 0)) {
    reject(reader.at('stages'), 'a stage that lasts', 'no call would ever begin');
  }
}
