// @ts-check
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Younger ones may belong to a process that still loads parts of them. */
const KEEP_MS = 24 * 3_600_000;

/**
 * Removes what was compiled more than a day ago and is not what was compiled just now.
 *
 * @param {string} folder
 * @param {(name: string) => boolean} isOurs
 */
export async function prune(folder, isOurs) {
  for (const name of await readdir(folder)) {
    if (!isOurs(name)) continue;
    const path = join(folder, name);
    // Gone already when another process prunes too.
    const found = await stat(path).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > KEEP_MS) await rm(path, { recursive: true, force: true });
  }
}
