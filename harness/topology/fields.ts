import type { Problem } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import { printable } from '../printable.ts';

/** An object that was written by hand: nothing is known of it. */
export type Fields = Record<string, unknown>;

/** Something written, where it stands, and where to tell what is wrong with it. */
export interface Written {
  value: unknown;
  path: string;
  problems: Problem[];
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Tells what is wrong with it; gives back `undefined`, so that it can end a function. */
export function reject({ value, path, problems }: Written, expected: string, hint?: string): undefined {
  problems.push({ path, expected, got: printable(value), ...(hint === undefined ? {} : { hint }) });
}

/** What stands under a key of it. */
export function under({ path, problems }: Written, key: string, value: unknown): Written {
  return { value, path: `${path}.${key}`, problems };
}

/** Its fields if it is an object; tells of every key that is not known. */
export function fieldsOf(written: Written, what: string, known: readonly string[]): Fields | undefined {
  if (!isFields(written.value)) return reject(written, what);
  for (const key of Object.keys(written.value)) {
    if (known.includes(key)) continue;
    reject(under(written, key, key), `one of ${known.join(', ')}`, didYouMean(key, known));
  }
  return written.value;
}

/** One of the names there are. */
export function nameOf<Name extends string>(
  written: Written,
  what: string,
  names: readonly Name[],
): Name | undefined {
  const found = names.find((name) => name === written.value);
  if (found !== undefined) return found;
  const { value } = written;
  return reject(
    written,
    what,
    typeof value === 'string' ? didYouMean(value, names) : `there is ${names.join(', ')}`,
  );
}
