import { join } from 'node:path';
import { ConfigError } from '../errors.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { RunResult } from '../result.ts';
import { askVersion, findBrowsers } from '../setup/find-browsers.mjs';
import { mustNotInstall } from '../setup/prepare.mjs';
import {
  installVersion,
  SOURCES,
  versionsToBeHad,
  type VersionSource,
} from '../setup/versions/install-version.mjs';
import { bisect, type Bisected, type TriedVersion, type VersionVerdict } from '../versions/bisect.ts';
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

/** What it works with: where versions come from, and what tries one, printing the result as JSON. */
export interface BisectMeans {
  sources: readonly VersionSource[];
  run: typeof run;
}

type Tools = BisectMeans & { io: Io; log: (line: string) => void };

/**
 * Runs a scenario with one browser after another of a range of versions, until it is known which is the first that
 * behaves otherwise than the oldest, and prints what each came to. A version that lacks what the scenario needs is passed
 * over, as is one that cannot be had or judged; the answer names them.
 *
 * Exit codes: 0 when there is an answer; 111 when both ends behave alike, or nothing can be said; 112 when fewer than
 * two versions can be had; 105 when it was stopped.
 *
 * @throws ConfigError when `--pairs` is no single pair with a single range, or the scenario cannot be planned
 */
export async function bisectCommand(
  flags: Flags,
  io: Io,
  means: BisectMeans = { sources: SOURCES, run },
): Promise<ExitCode> {
  refuseGrid(flags);
  const wanted = parseWanted(textOf(flags, 'pairs'));
  const { browser, from, to, pairOf } = wanted;
  const log = (line: string) => void io.stderr.write(`callrig: ${line}\n`);
  const tools = { ...means, io, log };
  const versions = await versionsThere(wanted, tools);
  log(`${browser}@${from}..${to}: ${versions.length} to be had: ${versions.join(', ') || 'none'}`);
  if (versions.length < 2) return EXIT_CODES.environment;
  let isStopped = false;
  const bisected = await bisect(versions, async (version) => {
    if (isStopped) return { version, verdict: 'skipped', why: 'stopped' };
    const name = `${browser}@${version}`;
    const lacking = await getVersion(name, { browser, version }, tools);
    if (lacking !== undefined) return { version, verdict: 'skipped', why: lacking };
    const { tried, exitCode } = await tryPair(version, { ...flags, pairs: pairOf(name) }, tools);
    isStopped = exitCode === EXIT_CODES.aborted;
    log(`${name}: ${tried.why}`);
    return tried;
  });
  io.stdout.write(renderBisected(browser, bisected));
  if (isStopped) return EXIT_CODES.aborted;
  return bisected.outcome === 'found' ? EXIT_CODES.passed : EXIT_CODES.inconclusive;
}

/** It gets the versions that it tries into this machine's cache, which is nothing to a Grid. */
function refuseGrid(flags: Flags): void {
  if (flags.grid === undefined) return;
  const hint = 'run each version by its name: run --grid … --pairs chrome@138:firefox';
  throw new ConfigError([{ path: '--grid', expected: 'nothing with bisect', got: 'a Grid', hint }]);
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
  { io: { env }, sources, log }: Tools,
): Promise<string[]> {
  const known = await versionsToBeHad({ browser, from, to }, { env: { ...env }, log, sources });
  const [usual] = findBrowsers({ wanted: [browser], env: { ...env } }).found;
  const own = usual && versionIn(askVersion(usual.executablePath) ?? '');
  const major = own !== undefined && isInRange(own, { from, to }) ? own.split('.', 1) : [];
  return [...new Set([...known, ...major])].toSorted(compareVersions);
}

/** @returns why it cannot be had */
async function getVersion(
  name: string,
  version: { browser: string; version: string },
  { io: { env }, sources, log }: Tools,
): Promise<string | undefined> {
  if (findBrowsers({ wanted: [name], env: { ...env } }).found.length > 0) return undefined;
  if (mustNotInstall({ ...env })) return 'not there, and CALLRIG_NO_INSTALL is set';
  const got = await installVersion(version, { env: { ...env }, log, sources });
  return 'reasons' in got ? `not to be had: ${got.reasons.join('; ')}` : undefined;
}

async function tryPair(
  version: string,
  flags: Flags,
  { io, run: runIt }: Tools,
): Promise<{ tried: TriedVersion; exitCode: ExitCode }> {
  let text = '';
  const quiet = { ...io, stdout: { write: (part: string) => void (text += part) } };
  // What is known to fail in a version is what one is looking for.
  const exitCode = await runIt({ known: 'fail', ...flags, json: true, quiet: true }, quiet);
  const result = RunResult.parse(JSON.parse(text));
  const verdict = verdictOf(result);
  const folder = join(textOf(flags, 'out') ?? 'runs', result.runId);
  return { tried: { version, verdict, why: result.headline, folder }, exitCode };
}

function verdictOf({ status, cells }: RunResult): VersionVerdict {
  if (status === 'passed') return 'passes';
  if (status === 'failed') return 'fails';
  return cells.every((cell) => cell.status === 'unsupported') ? 'unsupported' : 'skipped';
}

/** A line for each version that was tried, oldest first, and the answer. */
export function renderBisected(browser: string, bisected: Bisected): string {
  const tried = bisected.tried.toSorted((a, b) => compareVersions(a.version, b.version));
  const rows = tried.map((each) =>
    [`${browser}@${each.version}`.padEnd(16), each.verdict.padEnd(11), ...shown(each)].join(' '),
  );
  return `${[...rows, '', answer(browser, { ...bisected, tried })].join('\n')}\n`;
}

/** Where the run is; and why a version neither passed nor failed. */
function shown({ verdict, why, folder }: TriedVersion): string[] {
  const isTold = verdict === 'passes' || verdict === 'fails';
  return [...(folder === undefined ? [] : [folder]), ...(isTold ? [] : [why])];
}

function answer(browser: string, bisected: Bisected): string {
  const { tried } = bisected;
  if (bisected.outcome === 'unknown') {
    return `Nothing can be said: fewer than two versions passed or failed.${passedOver(tried)}`;
  }
  if (bisected.outcome === 'same') {
    const { verdict, oldest, newest } = bisected;
    return `Both ends are alike: it ${verdict} in ${browser}@${oldest} and in ${browser}@${newest}.${passedOver(tried)}`;
  }
  const { first, last, skipped } = bisected;
  const verb = tried.find(({ version }) => version === first)?.verdict === 'fails' ? 'fails' : 'passes';
  const sentence = `${browser}@${first} is the first that ${verb}; ${browser}@${last} is the last that does not.`;
  const between =
    skipped.length === 0 ? '' : ` Between them, ${skipped.join(', ')} neither passed nor failed.`;
  return `${sentence}${between}${passedOver(tried.filter(({ version }) => !skipped.includes(version)))}`;
}

function passedOver(tried: readonly TriedVersion[]): string {
  const named = (verdict: VersionVerdict, text: string) => {
    const versions = tried.filter((each) => each.verdict === verdict).map(({ version }) => version);
    return versions.length === 0 ? '' : ` ${text} ${versions.join(', ')}.`;
  };
  return `${named('unsupported', 'Unsupported in')}${named('skipped', 'Passed over:')}`;
}
