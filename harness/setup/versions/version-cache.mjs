// @ts-check
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { compareVersions, isOfVersion } from '../../versions/version-name.mjs';

/**
 * Browsers that were got by version: `<cache>/<browser>@<version>/`, with `browser.json` in each.
 *
 * @typedef {import('../executables.mjs').Environment} Environment
 *
 * @typedef {object} CachedBrowser
 * @property {string} browser `chrome` or `firefox`.
 * @property {string} version In full.
 * @property {string} executablePath
 * @property {string} source Where it came from, in a few words.
 */

/**
 * Where they are: `CALLRIG_CACHE_DIR`, else a folder of the user's cache.
 *
 * @param {Environment} env
 */
export function versionCache(env) {
  const home = env['HOME'] ?? env['USERPROFILE'] ?? homedir();
  const cache = env['XDG_CACHE_HOME'] ?? join(home, '.cache');
  return join(env['CALLRIG_CACHE_DIR'] ?? join(cache, 'callrig'), 'browsers');
}

/** Chromium is what Chrome is made of, and ESR a Firefox: by version they are the same. @param {string} browser */
export function familyOf(browser) {
  return browser.startsWith('firefox') ? 'firefox' : 'chrome';
}

/**
 * What is in the cache of a browser, newest first.
 *
 * @param {string} browser
 * @param {Environment} env
 * @returns {CachedBrowser[]}
 */
export function cachedVersions(browser, env) {
  const cache = versionCache(env);
  const family = familyOf(browser);
  /** @type {string[]} */
  let folders = [];
  try {
    folders = readdirSync(cache).filter((folder) => folder.startsWith(`${family}@`));
  } catch {
    // Nothing was ever got.
  }
  return folders
    .flatMap((folder) => readEntry(join(cache, folder)) ?? [])
    .toSorted((a, b) => compareVersions(b.version, a.version));
}

/**
 * @param {string} folder
 * @returns {CachedBrowser | undefined}
 */
function readEntry(folder) {
  try {
    const entry = JSON.parse(readFileSync(join(folder, 'browser.json'), 'utf8'));
    return { ...entry, executablePath: join(folder, entry.executable) };
  } catch {
    return undefined;
  }
}

/**
 * The newest of a version.
 *
 * @param {string} browser
 * @param {string} version
 * @param {Environment} env
 */
export function cachedVersion(browser, version, env) {
  return cachedVersions(browser, env).find((entry) => isOfVersion(entry.version, version));
}

/**
 * A folder to unpack into, beside its place; moved there by {@link keepVersion}.
 *
 * @param {Environment} env
 */
export function openScratch(env) {
  const cache = versionCache(env);
  const folder = join(cache, `.scratch-${process.pid}-${Math.random().toString(36).slice(2)}`);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/**
 * Takes an unpacked browser into the cache.
 *
 * @param {string} scratch
 * @param {{ browser: string, version: string, executable: string, source: string }} entry `executable` below `scratch`.
 * @param {Environment} env
 */
export function keepVersion(scratch, { browser, version, executable, source }, env) {
  const family = familyOf(browser);
  const folder = join(versionCache(env), `${family}@${version}`);
  writeFileSync(
    join(scratch, 'browser.json'),
    `${JSON.stringify({ browser: family, version, executable, source }, null, 2)}\n`,
  );
  rmSync(folder, { recursive: true, force: true });
  renameSync(scratch, folder);
  return join(folder, executable);
}
