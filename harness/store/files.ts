import { mkdir, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/** Name of the pointer to the newest run, beside the runs. */
export const LATEST = 'latest';

/**
 * Makes a folder and those above it; one that is there already is fine. Node 20's own `recursive` never ends where the
 * kernel answers ENOENT although the parent is there, as in /proc.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
    if (code === 'ENOENT' && dirname(path) !== path) {
      await makeFolder(dirname(path));
      await makeLastFolder(path);
    } else if (!(await isFolder(path))) throw thrown;
  }
}

/** Several processes may make the same folders at the same time. */
async function makeLastFolder(path: string): Promise<void> {
  await mkdir(path).catch(async (thrown: unknown) => {
    if (!(await isFolder(path))) throw thrown;
  });
}

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** Writes the whole file or nothing: a reader sees the old content or the new one. */
export async function writeAtomically(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  await makeFolder(dirname(path));
  try {
    await writeFile(temporary, text);
    await rename(temporary, path);
  } catch (thrown) {
    await rm(temporary, { force: true });
    throw thrown;
  }
}

/**
 * Points `<root>/latest` at a run: a symlink, on Windows a junction, and where neither may be made a text file that
 * holds the run's id.
 */
export async function pointLatest(root: string, runId: string): Promise<void> {
  const latest = join(root, LATEST);
  const temporary = join(root, `.${LATEST}.${process.pid}.tmp`);
  await rm(temporary, { recursive: true, force: true });
  try {
    if (process.platform === 'win32') await symlink(resolve(root, runId), temporary, 'junction');
    else await symlink(runId, temporary);
    // Windows does not rename over a junction.
    if (process.platform === 'win32') await rm(latest, { recursive: true, force: true });
    await rename(temporary, latest);
  } catch {
    await rm(temporary, { recursive: true, force: true });
    await rm(latest, { force: true });
    await writeFile(latest, `${runId}\n`);
  }
}
