import { readdir, stat } from 'node:fs/promises';
import { basename, extname, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importFile, type ImportModule } from './import-file.ts';
import type { Problem } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import type { Scenario } from './scenario.ts';
import { validateScenario } from './validate.ts';

/** The catalogue: the scenarios that come with Callrig. */
export const CATALOGUE = fileURLToPath(new URL('../../scenarios', import.meta.url));

const EXTENSIONS = ['.ts', '.mts', '.js', '.mjs'];

export interface LoadedScenario {
  scenario: Scenario;
  /** Absolute. */
  file: string;
}

export interface LoadOptions {
  /** What a relative path is relative to. */
  cwd: string;
  /** And before that: where the user was when npm was called. Default: `cwd`. */
  startedIn?: string;
  importModule: ImportModule;
  catalogue?: string;
}

/**
 * Loads the scenario the user named: a name in the catalogue, or a path to a file of their own. `undefined` when
 * something is wrong with it; every problem is pushed.
 */
export async function loadScenario(
  name: string,
  { cwd, startedIn = cwd, importModule, catalogue = CATALOGUE }: LoadOptions,
  problems: Problem[],
): Promise<LoadedScenario | undefined> {
  const file = await findScenario(name, { cwd, startedIn, catalogue }, problems);
  if (file === undefined) return undefined;
  const shown = shownPath(file, cwd);
  const before = problems.length;
  const exported = await importFile({ file, shown, importModule }, problems);
  if (problems.length > before) return undefined;
  const scenario = validateScenario(exported, shown, problems);
  if (scenario && file.startsWith(catalogue + sep)) checkFileName(scenario, file, shown, problems);
  return scenario && problems.length === before ? { scenario, file } : undefined;
}

/** The catalogue's scenario names, sorted. */
export async function scenarioNames(catalogue = CATALOGUE): Promise<string[]> {
  const files = await readdir(catalogue).catch(() => []);
  return files
    .filter((file) => EXTENSIONS.includes(extname(file)) && !file.startsWith('_'))
    .map((file) => basename(file, extname(file)))
    .toSorted();
}

async function findScenario(
  name: string,
  { cwd, startedIn, catalogue }: Required<Omit<LoadOptions, 'importModule'>>,
  problems: Problem[],
): Promise<string | undefined> {
  if (isPath(name)) {
    for (const folder of new Set([startedIn, cwd])) {
      const file = resolve(folder, name);
      if (await isFile(file)) return file;
    }
    problems.push({ path: 'scenario', expected: 'a file', got: `${name}, which is not there` });
    return undefined;
  }
  for (const extension of EXTENSIONS) {
    const file = resolve(catalogue, name + extension);
    if (await isFile(file)) return file;
  }
  const names = await scenarioNames(catalogue);
  problems.push({
    path: 'scenario',
    expected: 'a name in scenarios/ or the path of a file',
    got: JSON.stringify(name),
    hint: didYouMean(name, names),
  });
  return undefined;
}

function checkFileName({ name }: Scenario, file: string, shown: string, problems: Problem[]): void {
  const expected = basename(file, extname(file));
  if (name === expected) return;
  problems.push({
    path: `${shown}: name`,
    expected: `"${expected}", as the file is called`,
    got: `"${name}"`,
  });
}

function isPath(name: string): boolean {
  return name.includes('/') || name.includes('\\') || EXTENSIONS.includes(extname(name));
}

async function isFile(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** Relative where that is shorter to read. */
export function shownPath(file: string, cwd: string): string {
  const path = relative(cwd, file);
  return path.startsWith('..') ? file : path;
}
