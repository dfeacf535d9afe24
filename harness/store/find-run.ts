import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { closest } from 'fastest-levenshtein';
import { StoreError } from '../errors.ts';
import { LATEST } from './files.ts';
import { LAYOUT } from './layout.ts';

/**
 * The folder of the run that the user named: a path, the name of a run in `root`, or `latest`. Throws `StoreError`
 * naming the nearest run, or saying that there is none.
 */
export async function findRun(name: string, root: string, cwd: string): Promise<string> {
  for (const candidate of [resolve(cwd, name), resolve(root, name)]) {
    if (await isRun(candidate)) return realpath(candidate);
  }
  const pointed = name === LATEST ? await readPointer(join(root, LATEST)) : undefined;
  if (pointed !== undefined && (await isRun(resolve(root, pointed)))) return resolve(root, pointed);
  const runs = await listRuns(root);
  throw new StoreError(`${name} is not a run`, {
    code: 'RUN_NOT_FOUND',
    hint: hintFor(name, runs, root),
    details: { root, runs: runs.slice(-10) },
  });
}

/** Names of the runs in a folder, oldest first. */
export async function listRuns(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const runs: string[] = [];
  for (const folder of folders.toSorted()) if (await isRun(join(root, folder))) runs.push(folder);
  return runs;
}

function hintFor(name: string, runs: string[], root: string): string {
  const newest = runs.at(-1);
  if (newest === undefined) return `There is no run in ${root} yet: start with \`callrig run p2p-call\`.`;
  return `Did you mean ${closest(name, runs)}? The newest is ${newest}; \`latest\` names it too.`;
}

async function isRun(folder: string): Promise<boolean> {
  return await stat(join(folder, LAYOUT.plan)).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** What `latest` says where it is a text file. */
async function readPointer(path: string): Promise<string | undefined> {
  return await readFile(path, 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  );
}
