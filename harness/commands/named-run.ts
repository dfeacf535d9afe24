import { resolve } from 'node:path';
import { findRun } from '../store/find-run.ts';
import { LATEST } from '../store/files.ts';
import { textOf, type Flags, type Io } from './io.ts';

/** The folder of the run that a command was given; the newest when it was given none. Throws `StoreError`. */
export async function namedRun(flags: Flags, { cwd }: Pick<Io, 'cwd'>): Promise<string> {
  const root = resolve(cwd, textOf(flags, 'out') ?? 'runs');
  return await findRun(textOf(flags, 'run') ?? LATEST, root, cwd);
}
