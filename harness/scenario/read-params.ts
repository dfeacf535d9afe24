import type { Problem } from '../errors.ts';
import { didYouMean, nearest } from '../nearest.ts';
import { printable } from '../printable.ts';
import { parseDataRate, parseDuration } from '../units.ts';
import type { ParamSpec, ParamSpecs, ParamValue } from './params.ts';

/** Why a value is not what a parameter takes. */
interface Misfit {
  expected: string;
  hint?: string;
}

/**
 * A run's parameters: what `--param name=value` says, else their defaults. Pushes every problem: unknown names, values
 * that do not fit, and what has neither value nor default.
 *
 * @param flags Texts as they were written.
 */
export function readParams(
  specs: ParamSpecs,
  flags: readonly string[],
  problems: Problem[],
): Record<string, ParamValue> {
  const given = new Map<string, ParamValue | undefined>();
  for (const text of flags) readFlag(specs, text, given, problems);
  const values: Record<string, ParamValue> = {};
  for (const [name, spec] of Object.entries(specs)) {
    const value = given.has(name) ? given.get(name) : spec.default;
    if (value !== undefined) values[name] = value;
    else if (!given.has(name)) {
      const hint = `give it: --param ${name}=…`;
      problems.push({ path: `--param ${name}`, expected: describeParam(spec), got: 'nothing', hint });
    }
  }
  return values;
}

function readFlag(
  specs: ParamSpecs,
  text: string,
  given: Map<string, ParamValue | undefined>,
  problems: Problem[],
): void {
  const equals = text.indexOf('=');
  const name = (equals < 0 ? text : text.slice(0, equals)).trim();
  const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
  if (!spec) {
    const hint = didYouMean(name, Object.keys(specs));
    problems.push({ path: '--param', expected: 'a parameter of the scenario', got: printable(name), hint });
    return;
  }
  const at = `--param ${name}`;
  if (given.has(name)) problems.push({ path: at, expected: 'each parameter once', got: printable(text) });
  const written = equals < 0 ? undefined : text.slice(equals + 1);
  const value = valueOf(spec, written);
  const misfit = value === undefined ? { expected: describeParam(spec) } : misfitOf(spec, value);
  given.set(name, misfit ? undefined : value);
  if (misfit) problems.push({ path: at, ...withUnitHint(spec, written, misfit), got: printable(written) });
}

/** What a text of the command line stands for; `undefined` if it is none of the type. */
function valueOf({ type }: ParamSpec, written: string | undefined): ParamValue | undefined {
  if (type === 'flag')
    return written === undefined || written === 'true' || (written === 'false' ? false : undefined);
  if (written === undefined) return undefined;
  if (type !== 'integer' && type !== 'number') return written;
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(written) ? Number(written) : undefined;
}

/** What is wrong with a value of a parameter, be it given or a default; `undefined` if nothing is. */
export function misfitOf(spec: ParamSpec, value: unknown): Misfit | undefined {
  return fits(spec, value) ? undefined : { expected: describeParam(spec), ...hintFor(spec, value) };
}

function fits({ type, min = -Infinity, max = Infinity, choices = [] }: ParamSpec, value: unknown): boolean {
  if (type === 'flag') return typeof value === 'boolean';
  if (type === 'integer' || type === 'number') {
    const isNumber = type === 'integer' ? Number.isSafeInteger(value) : Number.isFinite(value);
    return isNumber && Number(value) >= min && Number(value) <= max;
  }
  if (typeof value !== 'string') return false;
  if (type === 'choice') return choices.includes(value);
  if (type === 'duration') return (parseDuration(value) ?? 0) > 0;
  return type === 'rate' ? (parseDataRate(value) ?? 0) > 0 : true;
}

function hintFor({ type, choices = [] }: ParamSpec, value: unknown): { hint?: string } {
  const near =
    type === 'choice' && typeof value === 'string' ? nearest(value, choices.map(String)) : undefined;
  return near === undefined ? {} : { hint: `did you mean ${near}?` };
}

function withUnitHint({ type }: ParamSpec, written: string | undefined, misfit: Misfit): Misfit {
  const wantsUnit = type === 'duration' || type === 'rate';
  return wantsUnit && /^[\d.]+$/.test(written ?? '') ? { ...misfit, hint: 'add a unit' } : misfit;
}

/** `a whole number from 3 to 6`; `one of vp8, av1`; `a duration like "10s"`. */
export function describeParam({ type, min, max, choices = [] }: ParamSpec): string {
  if (type === 'choice') return `one of ${choices.join(', ')}`;
  if (type === 'flag') return 'true or false';
  if (type === 'text') return 'a text';
  if (type === 'duration') return 'a duration like "10s"';
  if (type === 'rate') return 'a rate like "800kbps"';
  const range = [...(min === undefined ? [] : [`from ${min}`]), ...(max === undefined ? [] : [`to ${max}`])];
  return [type === 'integer' ? 'a whole number' : 'a number', ...range].join(' ');
}
