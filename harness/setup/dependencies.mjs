// @ts-check
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {{ version?: string, optional?: boolean, devOptional?: boolean, link?: boolean }} LockedPackage */

/**
 * Never runs install scripts: a few of them download browsers, and nothing here needs the others.
 * `--include=dev` because under NODE_ENV=production the tests' packages would seem to be missing for ever.
 */
export const NPM_CI = [
  'ci',
  '--ignore-scripts',
  '--include=dev',
  '--no-audit',
  '--no-fund',
  '--no-update-notifier',
  '--loglevel=error',
];

/**
 * Why `npm ci` must run, or `undefined` when node_modules holds what package-lock.json asks for.
 *
 * Compares contents, not times: a clone or checkout sets times at will, and a needless `npm ci` takes node_modules
 * from under whoever is using it. Optional packages are for other platforms and may be absent.
 *
 * @param {string} root The repository.
 */
export function whyInstall(root) {
  const wanted = readLock(join(root, 'package-lock.json'));
  if (!wanted) return undefined;
  const installed = readLock(join(root, 'node_modules', '.package-lock.json'));
  if (!installed) return 'node_modules is missing or incomplete';
  for (const [path, { version, optional, devOptional, link }] of Object.entries(wanted)) {
    if (path === '' || link) continue;
    const there = installed[path];
    if (!there && (optional || devOptional)) continue;
    if (there?.version !== version) {
      return `package-lock.json wants ${path.replace(/^.*node_modules\//, '')} ${version}, node_modules has ${there?.version ?? 'none'}`;
    }
  }
  return undefined;
}

/**
 * @param {string} path
 * @returns {Record<string, LockedPackage> | undefined} `undefined` when there is none or it is not one.
 */
function readLock(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
}
