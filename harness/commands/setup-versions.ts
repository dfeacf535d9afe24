import { ConfigError, type Problem } from '../errors.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { findBrowsers } from '../setup/find-browsers.mjs';
import { mustNotInstall } from '../setup/prepare.mjs';
import { installVersion } from '../setup/versions/install-version.mjs';
import { parseVersionedName, VERSIONED_BROWSERS } from '../versions/version-name.mjs';
import type { Io } from './io.ts';

export interface SetupVersionsOptions {
  /** `chrome@138`, `firefox@140`. */
  names: readonly string[];
  /** Print what is there and stop. */
  dryRun?: boolean;
}

/**
 * Gets browsers by version into Callrig's cache, one after another, and prints where each is. 0 when all of them are
 * there afterwards (or with `dryRun`), 112 when one is not.
 *
 * @throws ConfigError for names without a version, and browsers that cannot be had by version.
 */
export async function setupVersions(
  { names, dryRun = false }: SetupVersionsOptions,
  io: Pick<Io, 'stdout' | 'stderr' | 'env'>,
): Promise<ExitCode> {
  const wanted = parseNames(names);
  const log = (line: string) => void io.stderr.write(`callrig: ${line}\n`);
  let lacking = 0;
  for (const { name, ...version } of wanted) {
    const [there] = findBrowsers({ wanted: [name], env: { ...io.env } }).found;
    if (there || dryRun) {
      io.stdout.write(`${name.padEnd(14)} ${there?.executablePath ?? 'missing'}\n`);
      continue;
    }
    if (mustNotInstall({ ...io.env })) {
      log(`${name} is missing, and CALLRIG_NO_INSTALL is set: nothing was installed`);
      lacking++;
      continue;
    }
    const got = await installVersion(version, { env: { ...io.env }, log });
    if ('reasons' in got) {
      log(`${name} is not to be had here (${got.reasons.join('; ')})`);
      log(`  if you have it: --browser ${name}=/path/to/it`);
      lacking++;
    } else io.stdout.write(`${name.padEnd(14)} ${got.executablePath} (${got.version}, from ${got.source})\n`);
  }
  return lacking === 0 ? EXIT_CODES.passed : EXIT_CODES.environment;
}

function parseNames(names: readonly string[]): { name: string; browser: string; version: string }[] {
  const problems: Problem[] = [];
  const wanted = names.flatMap((name) => {
    const parsed = parseVersionedName(name);
    if (parsed && VERSIONED_BROWSERS.includes(parsed.browser)) return [{ name, ...parsed }];
    problems.push({
      path: 'setup',
      expected: `one of ${VERSIONED_BROWSERS.join(', ')} with a version, like chrome@138`,
      got: JSON.stringify(name),
    });
    return [];
  });
  if (problems.length > 0) throw new ConfigError(problems);
  return wanted;
}
