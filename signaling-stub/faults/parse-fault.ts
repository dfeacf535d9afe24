import { closest, distance } from 'fastest-levenshtein';
import { FAULT_KINDS, FAULT_NAMES, type FaultName, type FaultRule } from './rule.ts';

/** One thing wrong with a fault. */
export interface FaultProblem {
  path: string;
  expected: string;
  got: string;
  hint?: string;
}

type Fields = Record<string, unknown>;

const KEYS = ['fault', 'kind', 'from', 'to', 'probability', 'count', 'after', 'delay'] as const;
/** Holding messages longer would outlast any call. */
const LONGEST_MS = 10 * 60_000;
const DEFAULT_REORDER_MS = 500;
const MS_PER = { ms: 1, s: 1000, m: 60_000 } as const;
const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m)$/;
const PERCENTAGE = /^(\d+(?:\.\d+)?)%$/;

/**
 * `drop:candidate:30%`, `delay:description:500ms`, `reorder:from=caller:count=3`, `restart:after=2s`: the fault, then in
 * any order a kind of message, a percentage, a time to delay by, and the rest by name. Pushes every problem.
 */
export function parseFaultText(text: string, path: string, problems: FaultProblem[]): FaultRule | undefined {
  const [fault = '', ...parts] = text.split(':');
  const spec: Fields = { fault };
  const before = problems.length;
  for (const part of parts) {
    const [key, value] = readPart(part);
    if (value === undefined) {
      const expected = `${FAULT_KINDS.join(', ')}, a share like 30%, a time like 500ms, or NAME=VALUE`;
      problems.push({ path, expected, got: JSON.stringify(part), ...nearest(part, FAULT_KINDS) });
    } else if (Object.hasOwn(spec, key)) {
      problems.push({ path, expected: `one ${key}`, got: JSON.stringify(text) });
    } else spec[key] = value;
  }
  const rule = parseFault(spec, path, problems);
  return problems.length === before ? rule : undefined;
}

/** A fault as a scenario says it ({@link FaultSpec}). Pushes every problem with its path. */
export function parseFault(written: unknown, path: string, problems: FaultProblem[]): FaultRule | undefined {
  if (typeof written !== 'object' || written === null || Array.isArray(written)) {
    problems.push({
      path,
      expected: 'an object like { fault: "drop", kind: "candidate" }',
      got: show(written),
    });
    return undefined;
  }
  const before = problems.length;
  const reader = new Reader(written as Fields, path, problems);
  const rule = reader.rule();
  return problems.length === before ? rule : undefined;
}

/** `path: expected …, got … — hint` */
export function renderFaultProblem({ path, expected, got, hint }: FaultProblem): string {
  return `${path}: expected ${expected}, got ${got}${hint ? ` — ${hint}` : ''}`;
}

class Reader {
  readonly #written: Fields;
  readonly #path: string;
  readonly #problems: FaultProblem[];

  constructor(written: Fields, path: string, problems: FaultProblem[]) {
    this.#written = written;
    this.#path = path;
    this.#problems = problems;
  }

  rule(): FaultRule {
    for (const key of Object.keys(this.#written)) {
      if (KEYS.some((known) => known === key)) continue;
      this.#reject(key, `one of ${KEYS.join(', ')}`, JSON.stringify(key), nearest(key, KEYS));
    }
    const fault = this.#oneOf('fault', FAULT_NAMES) ?? 'drop';
    const given = {
      kind: this.#written.kind === undefined ? undefined : this.#oneOf('kind', FAULT_KINDS),
      from: this.#name('from'),
      to: this.#name('to'),
      probability: this.#share(),
      count: this.#count() ?? (fault === 'restart' || fault === 'disconnect' ? 1 : undefined),
      afterMs: this.#duration('after'),
      delayMs: this.#delay(fault),
    };
    const rest = Object.entries(given).filter(([, value]) => value !== undefined);
    return { fault, ...Object.fromEntries(rest) };
  }

  #oneOf<Name extends string>(key: string, names: readonly Name[]): Name | undefined {
    const value = this.#written[key];
    const found = names.find((name) => name === value);
    if (found === undefined)
      this.#reject(key, `one of ${names.join(', ')}`, show(value), nearest(value, names));
    return found;
  }

  #name(key: 'from' | 'to'): string | undefined {
    const value = this.#written[key];
    if (value === undefined || (typeof value === 'string' && value !== ''))
      return value as string | undefined;
    return this.#reject(key, "a peer's name", show(value));
  }

  #share(): number | undefined {
    const value = this.#written.probability;
    if (value === undefined) return undefined;
    const share = typeof value === 'string' ? Number(PERCENTAGE.exec(value)?.[1]) / 100 : NaN;
    if (share > 0 && share <= 1) return share;
    return this.#reject('probability', 'a share above 0% and up to 100%', show(value), addUnit(value, '%'));
  }

  #count(): number | undefined {
    const value = this.#written.count;
    if (value === undefined) return undefined;
    const count = typeof value === 'string' ? Number(value) : value;
    if (Number.isSafeInteger(count) && (count as number) >= 1) return count as number;
    return this.#reject('count', 'a whole number from 1', show(value));
  }

  #delay(fault: FaultName): number | undefined {
    const isHeld = fault === 'delay' || fault === 'jitter' || fault === 'reorder';
    if (!isHeld && this.#written.delay !== undefined) {
      return this.#reject('delay', `none with ${fault}`, show(this.#written.delay));
    }
    if (fault === 'reorder') return this.#duration('delay') ?? DEFAULT_REORDER_MS;
    if (isHeld && this.#written.delay === undefined)
      return this.#reject('delay', 'a time like 500ms', 'none');
    return this.#duration('delay');
  }

  #duration(key: 'after' | 'delay'): number | undefined {
    const value = this.#written[key];
    if (value === undefined) return undefined;
    const match = typeof value === 'string' ? DURATION.exec(value) : null;
    const ms = match ? Number(match[1]) * MS_PER[match[2] as keyof typeof MS_PER] : NaN;
    if (ms <= LONGEST_MS) return ms;
    return this.#reject(key, 'a time like 500ms or 2s, up to 10m', show(value), addUnit(value, 'ms'));
  }

  #reject(key: string, expected: string, got: string, hint: { hint?: string } = {}): undefined {
    this.#problems.push({ path: `${this.#path}.${key}`, expected, got, ...hint });
  }
}

function readPart(part: string): [key: string, value: string | undefined] {
  const [, key, value] = /^([^=]+)=(.*)$/.exec(part) ?? [];
  if (key !== undefined) return [key, value];
  if (PERCENTAGE.test(part)) return ['probability', part];
  if (DURATION.test(part)) return ['delay', part];
  return ['kind', FAULT_KINDS.some((kind) => kind === part) ? part : undefined];
}

function nearest(got: unknown, known: readonly string[]): { hint?: string } {
  if (typeof got !== 'string' || got === '') return {};
  const name = closest(got, known);
  return distance(got, name) <= 3 ? { hint: `did you mean ${name}?` } : {};
}

function addUnit(value: unknown, unit: string): { hint?: string } {
  return /^\d+(\.\d+)?$/.test(String(value)) ? { hint: `add a unit: ${String(value)}${unit}` } : {};
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
