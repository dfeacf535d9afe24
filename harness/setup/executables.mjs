// @ts-check
import {
  accessSync,
  constants,
  closeSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { posix, win32 } from 'node:path';
import { KNOWN_BROWSERS } from './known-browsers.mjs';

/**
 * What the search needs of a file system; tests of other platforms bring their own.
 *
 * @typedef {object} Files
 * @property {(path: string) => boolean} isExecutable A file that may be run.
 * @property {(folder: string) => string[]} list Names in a folder; empty when there is none.
 * @property {(path: string) => string} head The first 4 KiB, for telling scripts from programs.
 * @property {(path: string) => string} realPath The path itself when it cannot be resolved.
 */

/** @typedef {Record<string, string | undefined>} Environment */

/** @type {Files} */
export const DISK = {
  isExecutable(path) {
    try {
      if (!statSync(path).isFile()) return false;
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  },
  list(folder) {
    try {
      return readdirSync(folder);
    } catch {
      return [];
    }
  },
  head(path) {
    const buffer = Buffer.alloc(4096);
    const file = openSync(path, 'r');
    try {
      return buffer.toString('latin1', 0, readSync(file, buffer));
    } finally {
      closeSync(file);
    }
  },
  realPath(path) {
    try {
      return realpathSync(path);
    } catch {
      return path;
    }
  },
};

/**
 * How paths are written there; the search can be asked about a platform it does not run on.
 *
 * @param {string} platform
 */
export const pathsOn = (platform) => (platform === 'win32' ? win32 : posix);

/**
 * Full paths a command may have, in the order of PATH.
 *
 * @param {string} command
 * @param {Environment} env
 * @param {string} platform
 */
export function pathsOfCommand(command, env, platform) {
  const paths = pathsOn(platform);
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(paths.delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => paths.join(folder, platform === 'win32' ? `${command}.exe` : command));
}

/**
 * Where a known browser is when it is not on PATH.
 *
 * @param {string} name
 * @param {Environment} env
 * @param {string} platform
 * @returns {string[]}
 */
export function usualPlaces(name, env, platform) {
  const known = KNOWN_BROWSERS[name];
  if (!known) return [];
  if (platform === 'win32') {
    const roots = [env['ProgramFiles'], env['ProgramFiles(x86)'], env['LOCALAPPDATA']];
    return below(roots, known.win32, platform);
  }
  const home = env['HOME'];
  if (platform === 'darwin') {
    return below(['/Applications', home && `${home}/Applications`], known.darwin, platform);
  }
  const folders = ['/usr/bin', '/usr/local/bin', home && `${home}/.local/bin`, '/snap/bin'];
  return [...known.linux, ...below(folders, known.commands, platform)];
}

/**
 * @param {(string | undefined)[]} roots
 * @param {string[]} paths
 * @param {string} platform
 */
function below(roots, paths, platform) {
  return roots.flatMap((root) => (root ? paths.map((path) => pathsOn(platform).join(root, path)) : []));
}

/** Executables inside one version's folder of puppeteer's cache, by platform. */
const IN_CACHE = {
  linux: [
    'chrome-linux64/chrome',
    'chrome-linux/chrome',
    'chrome-headless-shell-linux64/chrome-headless-shell',
    'firefox/firefox',
  ],
  darwin: [
    'chrome-mac-arm64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing',
    'chrome-mac-x64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing',
    'chrome-mac/Chromium.app/Contents/MacOS/Chromium',
    'chrome-headless-shell-mac-arm64/chrome-headless-shell',
    'chrome-headless-shell-mac-x64/chrome-headless-shell',
    'Firefox.app/Contents/MacOS/firefox',
  ],
  win32: [
    'chrome-win64\\chrome.exe',
    'chrome-win32\\chrome.exe',
    'chrome-win\\chrome.exe',
    'chrome-headless-shell-win64\\chrome-headless-shell.exe',
    'core\\firefox.exe',
  ],
};

/**
 * Puppeteer's cache folder; `undefined` when there is no home.
 *
 * @param {Environment} env
 * @param {string} platform
 */
export function puppeteerCache(env, platform) {
  const home = platform === 'win32' ? env['USERPROFILE'] : env['HOME'];
  return env['PUPPETEER_CACHE_DIR'] ?? (home && pathsOn(platform).join(home, '.cache', 'puppeteer'));
}

/**
 * What puppeteer's cache may hold of a browser, newest version first.
 *
 * @see https://pptr.dev/browsers-api (`<cache>/<browser>/<platform>-<build>/…`)
 * @param {string} name
 * @param {Environment} env
 * @param {string} platform
 * @param {Files} files
 */
export function cachedPaths(name, env, platform, files) {
  const cache = puppeteerCache(env, platform);
  const layouts = IN_CACHE[/** @type {keyof typeof IN_CACHE} */ (platform)] ?? [];
  const paths = pathsOn(platform);
  if (!cache) return [];
  return (KNOWN_BROWSERS[name]?.cached ?? []).flatMap((browser) => {
    const versions = files
      .list(paths.join(cache, browser))
      .toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true }));
    return versions.flatMap((version) =>
      layouts.map((layout) => paths.join(cache, browser, version, layout)),
    );
  });
}

/**
 * Ubuntu's chromium and firefox packages hold a script that asks for the snap; without the snap it is no browser.
 *
 * @param {string} path
 * @param {Files} files
 */
export function isSnapStub(path, files) {
  const head = files.head(path);
  if (!head.startsWith('#!')) return false;
  const [, snap] = /requires the (\S+) snap to be installed/.exec(head) ?? [];
  return snap !== undefined && !files.isExecutable(`/snap/bin/${snap}`);
}

/**
 * Confined: cannot read a profile folder of ours, so it comes after everything else.
 *
 * @param {string} path
 * @param {Files} files
 */
export function isSnap(path, files) {
  return path.startsWith('/snap/') || files.realPath(path) === '/usr/bin/snap' || runsSnap(path, files);
}

/**
 * @param {string} path
 * @param {Files} files
 */
function runsSnap(path, files) {
  const head = files.head(path);
  return head.startsWith('#!') && head.includes('exec /snap/bin/');
}
