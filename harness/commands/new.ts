import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError, StoreError, toError, type Problem } from '../errors.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { CATALOGUE, shownPath } from '../scenario/load.ts';
import { renderSkeleton } from '../scenario/skeleton.ts';
import { foldersOf, textOf, type Flags, type Io } from './io.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const KEBAB_CASE = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** Writes a scenario that passes, and says what to run next. Overwrites nothing. */
export async function newScenario(flags: Flags, io: Io): Promise<ExitCode> {
  const { cwd, startedIn } = foldersOf(io);
  const name = nameIn(textOf(flags, 'name'));
  const file = resolve(startedIn, textOf(flags, 'dir') ?? '.', `${name}.ts`);
  await writeNew(file, renderSkeleton(name, { from: importFor(file) }));
  const shown = shownPath(file, startedIn);
  const words = file.startsWith(CATALOGUE + sep) ? name : `${/^[./]/.test(shown) ? '' : './'}${shown}`;
  const run = cwd + sep === ROOT ? 'npm run scenario --' : 'npx callrig run';
  io.stdout.write(`${file}\n`);
  io.stderr.write(`It passes as it is. Next:\n  ${run} ${words} --pairs chrome:chrome\n`);
  return EXIT_CODES.passed;
}

function nameIn(name: string | undefined): string {
  if (name !== undefined && KEBAB_CASE.test(name)) return name;
  const kebab = (name ?? '')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  const problem: Problem = {
    path: 'name',
    expected: 'a kebab-case name like "login-call"',
    got: name === undefined ? 'nothing' : JSON.stringify(name),
    ...(kebab !== '' && { hint: `${kebab} would do` }),
  };
  throw new ConfigError([problem]);
}

async function writeNew(file: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    // Fails where there is one already, whoever else writes it now.
    await writeFile(file, text, { flag: 'wx' });
  } catch (thrown) {
    const error: NodeJS.ErrnoException = toError(thrown);
    if (error.code !== 'EEXIST') {
      throw new StoreError(`${file} cannot be written: ${error.message}`, {
        code: 'SCENARIO_NOT_WRITTEN',
        cause: error,
      });
    }
    throw new ConfigError([
      {
        path: 'name',
        expected: 'a file that is not there yet',
        got: file,
        hint: 'take another name, or --dir',
      },
    ]);
  }
}

/** Inside the package what its own scenarios import; elsewhere the package. */
function importFor(file: string): string {
  if (!file.startsWith(ROOT)) return 'callrig';
  const path = relative(dirname(file), join(ROOT, 'harness/index.ts')).split(sep).join('/');
  return path.startsWith('.') ? path : `./${path}`;
}
