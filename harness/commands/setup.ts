import { fileURLToPath } from 'node:url';
import { ConfigError } from '../errors.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { installThings, planInstall, type PlannedThing } from '../setup/install.mjs';
import { nearest } from '../setup/nearest.mjs';
import { mustNotInstall } from '../setup/prepare.mjs';
import { GRID_THINGS, isBrowser, LAB_THINGS, SHELL_THINGS, THINGS } from '../setup/things.mjs';
import { printJson, type Io, type Output } from './io.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** What `--with` knows. */
const EXTRAS: Readonly<Record<string, readonly string[]>> = {
  lab: LAB_THINGS,
  grid: GRID_THINGS,
  shell: SHELL_THINGS,
};

export interface SetupOptions {
  /** Extras by name: `lab`. */
  with?: readonly string[];
  /** Print the plan and stop. */
  dryRun?: boolean;
  /** Print the plan as one JSON document on stdout. */
  json?: boolean;
}

/**
 * Prints what is there and what will be installed, then installs it. 0 when everything asked for is there afterwards
 * (or with `dryRun`), 112 when something is not.
 *
 * @throws ConfigError for an unknown extra.
 */
export async function setup(
  { with: extras = [], dryRun = false, json = false }: SetupOptions,
  io: Pick<Io, 'stdout' | 'stderr' | 'env'>,
): Promise<ExitCode> {
  checkExtras(extras);
  const linux = process.platform === 'linux';
  if (extras.includes('lab') && !linux) io.stderr.write('callrig: lab: Linux only, left out\n');
  const wanted = extras.flatMap((name) => EXTRAS[name] ?? []);
  const optional = Object.values(EXTRAS).flat();
  const things = Object.keys(THINGS).filter(
    (thing) => !optional.includes(thing) || (wanted.includes(thing) && (linux || !THINGS[thing]?.linuxOnly)),
  );
  const planned = planInstall(things, io);
  if (json) printJson(io, planned);
  else printPlan(planned, io.stdout);
  const missing = planned.filter(({ path }) => path === undefined).map(({ thing }) => thing);
  if (dryRun || missing.length === 0) return EXIT_CODES.passed;
  if (mustNotInstall(io.env)) {
    io.stderr.write('callrig: CALLRIG_NO_INSTALL is set: nothing was installed\n');
    return EXIT_CODES.environment;
  }
  const log = (line: string) => void io.stderr.write(`callrig: ${line}\n`);
  const failures = await installThings(missing, { env: io.env, root: ROOT, log });
  for (const { thing, reasons, byHand } of failures) {
    const how = byHand.length > 0 ? `; to get it: ${byHand.join(', or: ')}` : '';
    log(`${thing} could not be installed (${reasons.join('; ')})${how}`);
  }
  return failures.length === 0 ? EXIT_CODES.passed : EXIT_CODES.environment;
}

function checkExtras(extras: readonly string[]): void {
  const known = Object.keys(EXTRAS);
  const problems = extras
    .filter((name) => !known.includes(name))
    .map((name) => {
      const near = nearest(name, known);
      return {
        path: '--with',
        expected: known.join(', '),
        got: JSON.stringify(name),
        ...(near && { hint: `did you mean ${near}?` }),
      };
    });
  if (problems.length > 0) throw new ConfigError(problems);
}

function printPlan(planned: readonly PlannedThing[], stdout: Output): void {
  const width = Math.max(12, ...planned.map(({ thing }) => thing.length));
  for (const { thing, path, ways, byHand } of planned) {
    stdout.write(`${thing.padEnd(width)} ${path ?? describeWays(thing, ways, byHand)}\n`);
  }
}

function describeWays(thing: string, ways: readonly string[], byHand: readonly string[]): string {
  if (ways.length > 0) return `missing: ${ways.join(', else: ')}`;
  const reason = isBrowser(thing) ? '' : ', cannot be installed without you';
  return `missing${reason}${byHand.length > 0 ? `: ${byHand.join(', or: ')}` : ''}`;
}
