import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Problem } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import { importFile, type ImportModule } from '../scenario/import-file.ts';
import { shownPath } from '../scenario/load.ts';
import { CONFIG_KEYS } from './config.ts';

const NAMES = ['callrig.config.ts', 'callrig.config.mts', 'callrig.config.js', 'callrig.config.mjs'];

/** A config file's content: its keys are known, its values are not looked at yet. */
export interface LoadedConfig {
  values: Readonly<Record<string, unknown>>;
  /** Absolute. */
  file: string;
  /** As the user would write it. */
  shown: string;
}

export interface LoadConfigOptions {
  cwd: string;
  importModule: ImportModule;
  /** `--config`. */
  named?: string | undefined;
}

/**
 * Loads `callrig.config.ts` from `cwd`, or the file the user named. `undefined` when there is none, or when something
 * is wrong with it; every problem is pushed.
 */
export async function loadConfig(
  { cwd, importModule, named }: LoadConfigOptions,
  problems: Problem[],
): Promise<LoadedConfig | undefined> {
  const file = await findConfig(cwd, named);
  if (file === undefined) {
    if (named !== undefined) {
      problems.push({ path: '--config', expected: 'a file', got: `${named}, which is not there` });
    }
    return undefined;
  }
  const shown = shownPath(file, cwd);
  const before = problems.length;
  const values = await importFile({ file, shown, importModule }, problems);
  if (problems.length > before) return undefined;
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    const hint = 'write `export default defineConfig({ … })`';
    problems.push({ path: shown, expected: 'an object as its default export', got: typeof values, hint });
    return undefined;
  }
  for (const key of Object.keys(values)) {
    if (!CONFIG_KEYS.includes(key)) {
      const expected = `one of ${CONFIG_KEYS.join(', ')}`;
      problems.push({ path: `${shown}: ${key}`, expected, got: key, hint: didYouMean(key, CONFIG_KEYS) });
    }
  }
  return { values: { ...values }, file, shown };
}

async function findConfig(cwd: string, named: string | undefined): Promise<string | undefined> {
  for (const name of named === undefined ? NAMES : [named]) {
    const file = resolve(cwd, name);
    const isThere = await stat(file).then(
      (found) => found.isFile(),
      () => false,
    );
    if (isThere) return file;
  }
  return undefined;
}
