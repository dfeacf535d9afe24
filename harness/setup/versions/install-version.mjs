// @ts-check
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { compareVersions, isInRange } from '../../versions/version-name.mjs';
import { aptSource } from './apt-source.mjs';
import { npmSource } from './npm-source.mjs';
import { releaseSource } from './release-source.mjs';
import { saidVersion } from './said-version.mjs';
import { cachedVersion, cachedVersions, keepVersion, openScratch } from './version-cache.mjs';

/**
 * @typedef {import('../executables.mjs').Environment} Environment
 * @typedef {import('../../versions/version-name.mjs').VersionedName} VersionedName
 * @typedef {{ env: Environment, log: (line: string) => void }} Means
 *
 * @typedef {object} VersionSource Where versions of browsers come from.
 * @property {string} name
 * @property {(range: import('../../versions/version-name.mjs').VersionRange, means: Means) => Promise<string[]>} list Those
 * it tells of, of the range and perhaps others.
 * @property {(wanted: VersionedName, folder: string, means: Means) => Promise<{ executable: string }>} install
 * Unpacks one into the folder and says where the executable is below it; rejects with why it cannot.
 */

/** In the order of trying. */
export const SOURCES = [releaseSource, aptSource, npmSource];

/**
 * Gets one version of a browser into the cache, if it is not there: from the first source that has it. Never throws for
 * what cannot be had.
 *
 * @param {VersionedName} wanted
 * @param {Means & { sources?: readonly VersionSource[] }} options
 * @returns {Promise<{ executablePath: string, version: string, source: string } | { reasons: string[] }>} `reasons`: what
 * each source came to.
 */
export async function installVersion(wanted, { env, log, sources = SOURCES }) {
  const { browser, version } = wanted;
  const known = cachedVersion(browser, version, env);
  if (known) return known;
  const reasons = [];
  for (const source of sources) {
    const scratch = openScratch(env);
    try {
      const { executable } = await source.install(wanted, scratch, { env, log });
      const said = await saidVersion(join(scratch, executable), wanted);
      const entry = { browser, version: said, executable, source: source.name };
      return { executablePath: keepVersion(scratch, entry, env), version: said, source: source.name };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      reasons.push(`${source.name}: ${why}`);
      log(`${browser}@${version}: not from ${source.name}: ${why}`);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }
  return { reasons };
}

/**
 * Versions of a browser that are there or that a source tells of: majors, oldest first.
 *
 * @param {{ browser: string, from: string, to: string }} range
 * @param {Means & { sources?: readonly VersionSource[] }} options
 */
export async function versionsToBeHad({ browser, from, to }, { env, log, sources = SOURCES }) {
  const told = await Promise.all(sources.map((source) => source.list({ browser, from, to }, { env, log })));
  const all = [...cachedVersions(browser, env).map(({ version }) => version), ...told.flat()];
  const majors = all
    .filter((version) => isInRange(version, { from, to }))
    .map((version) => version.split('.')[0] ?? '');
  return [...new Set(majors)].toSorted(compareVersions);
}
