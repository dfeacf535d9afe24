import { join } from 'node:path';
import { ConfigError } from '../errors.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { RunResult } from '../result.ts';
import { askVersion, findBrowsers } from '../setup/find-browsers.mjs';
import { mustNotInstall } from '../setup/prepare.mjs';
import { installVersion, versionsToBeHad } from '../setup/versions/install-version.mjs';
import { bisect, type Bisected, type TriedVersion } from '../versions/bisect.ts';
import {
  compareVersions,
  isInRange,
  parseVersionRange,
  VERSIONED_BROWSERS,
  versionIn,
} from '../versions/version-name.mjs';
import { textOf, type Flags, type Io } from './io.ts';
import { run } from './run.ts';

interface Wanted {
  browser: string;
  from: string;
  to: string;
  /** The pair with one version in the place of the range. */
  pairOf: (version: string) => string;
}

/**
 * Runs a scenario with one browser after another of a range of versions, until it is known which is the first that
 * behaves otherwise than the oldest, and prints what each came to.
 *
 * Exit codes: 0 when there is an answer; 111 when both ends behave alike, or nothing can be said; 112 when fewer than
 * two versions can be had; 105 when it was stopped.
 *
 * @throws ConfigError when `--pairs` is no single pair with a single range, or the scenario cannot be planned
 */
export async function bisectCommand(flags: Flags, io: Io): Promise<ExitCode> {
  const wanted = parseWanted(textOf(flags, 'pairs'));
  const { browser, from, to, pairOf } = wanted;
  const log = (line: string) => void io.stderr.write(`callrig: ${line}\n`);
  const versions = await versionsThere(wanted, io, log);
  log(`${browser}@${from}..${to}: ${versions.length} to be had: ${versions.join(', ') || 'none'}`);
  if (versions.length < 2) return EXIT_CODES.environment;
  let isStopped = false;
  const bisected = await bisect(versions, async (version) => {
    if (isStopped) return { version, verdict: 'skipped', why: 'stopped' };
    const name = `${browser}@${version}`;
    const lacking = await getVersion(name, { browser, version }, io, log);
    if (lacking !== undefined) return { version, verdict: 'skipped', why: lacking };
    const { tried, exitCode } = await tryPair(version, { ...flags, pairs: pairOf(name) }, io);
    isStopped = exitCode === EXIT_CODES.aborted;
    log(`${name}: ${tried.why}`);
    return tried;
  });
  io.stdout.write(renderBisected(browser, bisected));
  if (isStopped) return EXIT_CODES.aborted;
  return bisected.outcome === 'found' ? EXIT_CODES.passed : EXIT_CODES.inconclusive;
}

function parseWanted(pair: string | undefined): Wanted {
  const names = pair?.split(':') ?? [];
  const ranges = names.flatMap((name, index) => {
    const range = parseVersionRange(name);
    return range && VERSIONED_BROWSERS.includes(range.browser) ? [{ ...range, index }] : [];
  });
  const [range] = ranges;
  if (range && ranges.length === 1 && compareVersions(range.from, range.to) < 0) {
    return { ...range, pairOf: (name) => names.with(range.index, name).join(':') };
  }
  throw new ConfigError([
    {
      path: '--pairs',
      expected: 'one pair with one range of versions, oldest first, like chrome@119..156:firefox',
      got: pair === undefined ? 'nothing' : JSON.stringify(pair),
    },
  ]);
}

/** Those in the cache, those that sources tell of, and the one that is installed. */
async function versionsThere(
  { browser, from, to }: Wanted,
  { env }: Io,
  log: (line: string) => void,
): Promise<string[]> {
  const known = await versionsToBeHad({ browser, from, to }, { env: { ...env }, log });
  const [usual] = findBrowsers({ wanted: [browser], env: { ...env } }).found;
  const own = usual && versionIn(askVersion(usual.executablePath) ?? '');
  const major = own !== undefined && isInRange(own, { from, to }) ? own.split('.', 1) : [];
  return [...new Set([...known, ...major])].toSorted(compareVersions);
}

/** @returns why it cannot be had */
async function getVersion(
  name: string,
  version: { browser: string; version: string },
  { env }: Io,
  log: (line: string) => void,
): Promise<string | undefined> {
  if (findBrowsers({ wanted: [name], env: { ...env } }).found.length > 0) return undefined;
  if (mustNotInstall({ ...env })) return 'not there, and CALLRIG_NO_INSTALL is set';
  const got = await installVersion(version, { env: { ...env }, log });
  return 'reasons' in got ? `not to be had: ${got.reasons.join('; ')}` : undefined;
}

async function tryPair(
  version: string,
  flags: Flags,
  io: Io,
): Promise<{ tried: TriedVersion; exitCode: ExitCode }> {
  let text = '';
  const quiet = { ...io, stdout: { write: (part: string) => void (text += part) } };
  // What is known to fail in a version is what one is looking for.
  const exitCode = await run({ known: 'fail', ...flags, json: true, quiet: true }, quiet);
  const result = RunResult.parse(JSON.parse(text));
  const verdict =
    result.status === 'passed' ? 'passes' : result.status === 'failed' ? 'fails' : ('skipped' as const);
  const folder = join(textOf(flags, 'out') ?? 'runs', result.runId);
  return { tried: { version, verdict, why: result.headline, folder }, exitCode };
}

/** A line for each version that was tried, oldest first, and the answer. */
export function renderBisected(browser: string, bisected: Bisected): string {
  const rows = bisected.tried
    .toSorted((a, b) => compareVersions(a.version, b.version))
    .map(({ version, verdict, why, folder }) =>
      [`${browser}@${version}`.padEnd(16), verdict.padEnd(8), ...shown({ verdict, why, folder })].join(' '),
    );
  return `${[...rows, '', answer(browser, bisected)].join('\n')}\n`;
}

/** Where the run is; and why nothing can be said of a version. */
function shown({
  verdict,
  why,
  folder,
}: Pick<TriedVersion, 'verdict' | 'why'> & { folder: string | undefined }): string[] {
  return [...(folder === undefined ? [] : [folder]), ...(verdict === 'skipped' ? [why] : [])];
}

function answer(browser: string, bisected: Bisected): string {
  if (bisected.outcome === 'unknown') return 'Nothing can be said: fewer than two versions could be judged.';
  if (bisected.outcome === 'same')
    return `Both ends are alike: it ${bisected.verdict} in the oldest and the newest.`;
  const { first, last, skipped, tried } = bisected;
  const verb = tried.find(({ version }) => version === first)?.verdict === 'fails' ? 'fails' : 'passes';
  const sentence = `${browser}@${first} is the first that ${verb}; ${browser}@${last} is the last that does not.`;
  return skipped.length === 0
    ? sentence
    : `${sentence} Nothing is known of ${skipped.join(', ')}, between them.`;
}
