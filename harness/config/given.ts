import type { Problem } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import { parseDuration } from '../units.ts';

/** A value somebody gave, and where they wrote it. */
export interface Given {
  path: string;
  value: unknown;
}

/** Values as they were written, by config key (`statsInterval`), weakest source last. */
export interface Sources {
  flags: Readonly<Record<string, unknown>>;
  scenario: Readonly<Record<string, unknown>>;
  config: Readonly<Record<string, unknown>>;
  /** The config file as the user would write it. */
  configName: string;
}

/** Reads settings by key from the strongest source that has one, checks them, and pushes a problem for each that is wrong. */
export class SettingsReader {
  readonly #sources: Sources;
  readonly #problems: Problem[];

  constructor(sources: Sources, problems: Problem[]) {
    this.#sources = sources;
    this.#problems = problems;
  }

  /** The strongest source's value, unchecked. */
  given(key: string): Given | undefined {
    const { flags, scenario } = this.#sources;
    const flag = key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    if (flags[flag] !== undefined) return { path: `--${flag}`, value: flags[flag] };
    if (scenario[key] !== undefined) return { path: key, value: scenario[key] };
    return this.inConfig(key);
  }

  /** The config file's value, unchecked, whatever the others say. */
  inConfig(key: string): Given | undefined {
    const { config, configName } = this.#sources;
    return config[key] === undefined ? undefined : { path: `${configName}: ${key}`, value: config[key] };
  }

  durationMs(key: string, fallback: number): number {
    const given = this.given(key);
    if (!given) return fallback;
    const ms = typeof given.value === 'string' ? parseDuration(given.value) : undefined;
    if (ms !== undefined && ms > 0) return ms;
    const isBare = typeof given.value === 'number' || /^[\d.]+$/.test(printable(given.value));
    return this.reject(given, 'a duration like "30s"', isBare ? 'add a unit' : undefined, fallback);
  }

  integer(key: string, { min, max, fallback }: { min: number; max: number; fallback: number }): number {
    const given = this.given(key);
    if (!given) return fallback;
    const { value } = given;
    const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
    if (Number.isSafeInteger(number) && Number(number) >= min && Number(number) <= max) return Number(number);
    const range = max === Number.MAX_SAFE_INTEGER ? `from ${min} on` : `from ${min} to ${max}`;
    return this.reject(given, `a whole number ${range}`, undefined, fallback);
  }

  switch(key: string): boolean {
    const given = this.given(key);
    if (!given) return false;
    if (typeof given.value === 'boolean') return given.value;
    return this.reject(given, 'true or false', undefined, false);
  }

  choice<Choice extends string>(key: string, choices: readonly Choice[], fallback: Choice): Choice {
    const given = this.given(key);
    if (!given) return fallback;
    const chosen = choices.find((choice) => choice === given.value);
    if (chosen !== undefined) return chosen;
    const hint = typeof given.value === 'string' ? didYouMean(given.value, choices) : undefined;
    return this.reject(given, choices.join(' or '), hint, fallback);
  }

  text(key: string, fallback: string): string {
    const given = this.given(key);
    if (!given) return fallback;
    if (typeof given.value === 'string' && given.value !== '') return given.value;
    return this.reject(given, 'a text', undefined, fallback);
  }

  /** A list, or on the command line words separated by commas. Each with its own path. `undefined` when not given. */
  words(key: string): { path: string; word: string }[] | undefined {
    const given = this.given(key);
    if (!given) return undefined;
    const { path, value } = given;
    const list = typeof value === 'string' ? value.split(',').map((word) => word.trim()) : value;
    if (!Array.isArray(list) || list.length === 0) return this.reject(given, 'a list', undefined, []);
    return list.flatMap((word: unknown, index) => {
      const at = list.length === 1 ? path : `${path}[${index}]`;
      if (typeof word === 'string' && word !== '') return [{ path: at, word }];
      return this.reject({ path: at, value: word }, 'a name', undefined, []);
    });
  }

  reject<Value>({ path, value }: Given, expected: string, hint: string | undefined, instead: Value): Value {
    const got = JSON.stringify(value) ?? typeof value;
    this.#problems.push({ path, expected, got, ...(hint === undefined ? {} : { hint }) });
    return instead;
  }
}

function printable(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
