// @ts-check
import { downloadBrowser } from './download-browser.mjs';
import { ask, run } from './processes.mjs';
import { downloadGridJar, GRID_JAR_COMMAND } from './selenium-grid.mjs';
import { afterInstall, choosePackages, detectSystem, installCommand } from './system-packages.mjs';
import { isBrowser, locate as locateThing } from './things.mjs';

/**
 * @typedef {import('./executables.mjs').Environment} Environment
 * @typedef {import('./system-packages.mjs').System} System
 *
 * @typedef {object} PlannedThing
 * @property {string} thing
 * @property {string} [path] Where it is; nothing will be done.
 * @property {string[]} ways How it will be got, in the order of trying; empty when a person must do it.
 * @property {string[]} byHand The commands for a person, any one of them.
 *
 * @typedef {object} Means What installing reaches out with; tests bring their own.
 * @property {(thing: string, env: Environment) => string | undefined} [locate]
 * @property {(browser: string, options: { env: Environment, log: (line: string) => void }) => Promise<string | undefined>} [download]
 *
 * @typedef {object} Failure
 * @property {string} thing
 * @property {string[]} reasons What each way came to.
 * @property {string[]} byHand
 */

/**
 * What would be done to have these things, without doing it.
 *
 * @param {readonly string[]} things
 * @param {{ env: Environment, system?: System } & Means} options
 * @returns {PlannedThing[]}
 */
export function planInstall(things, { env, system = detectSystem(env), locate = locateThing }) {
  return things.map((thing) => {
    const path = locate(thing, env);
    if (path !== undefined) return { thing, path, ways: [], byHand: [] };
    const byDownload = isDownloaded(thing) ? [downloadCommand(thing)] : [];
    const byManager = installCommand([thing], system);
    const automatic = byManager !== undefined && system.cannot === undefined && !byManager.includes('snap ');
    return {
      thing,
      ways: [...byDownload, ...(automatic ? [byManager] : [])],
      byHand: [...byDownload, ...(byManager ? [byManager] : [])],
    };
  });
}

/** @param {string} thing */
const downloadCommand = (thing) =>
  thing === 'selenium-grid' ? GRID_JAR_COMMAND : `npx puppeteer browsers install ${puppeteerName(thing)}`;

/** @param {string} thing */
const isDownloaded = (thing) => isBrowser(thing) || thing === 'headless-shell' || thing === 'selenium-grid';

/** @param {string} thing */
const puppeteerName = (thing) => (thing === 'headless-shell' ? 'chrome-headless-shell' : thing);

/** @type {NonNullable<Means['download']>} */
const downloadThing = (thing, options) =>
  thing === 'selenium-grid'
    ? downloadGridJar(thing, options)
    : downloadBrowser(puppeteerName(thing), options);

/**
 * Gets what is missing: browsers by download, then by the system's packages; everything else by packages. Says what
 * it does before it does it. Never throws for what cannot be had.
 *
 * @param {readonly string[]} things
 * @param {{ env: Environment, root: string, log: (line: string) => void } & Means} options
 * @returns {Promise<Failure[]>} What is still missing.
 */
export async function installThings(
  things,
  { env, root, log, locate = locateThing, download = downloadThing },
) {
  /** @type {Map<string, string[]>} */
  const reasons = new Map(
    things.filter((thing) => locate(thing, env) === undefined).map((thing) => [thing, []]),
  );
  /** @param {string} thing */
  const tryDownload = async (thing) => {
    log(`${thing} is missing: downloading it (${downloadCommand(thing)})`);
    const why = await download(thing, { env, log });
    if (why !== undefined) log(`${thing} was not downloaded: ${why}`);
    if (why !== undefined) reasons.get(thing)?.push(`download: ${why}`);
  };
  await Promise.all([...reasons.keys()].filter(isDownloaded).map(tryDownload));

  const system = detectSystem(env);
  const missing = [...reasons.keys()].filter((thing) => locate(thing, env) === undefined);
  if (missing.length > 0) {
    const failed = await installPackages(missing, { env, root, log, system });
    for (const [thing, why] of failed) reasons.get(thing)?.push(why);
  }
  return missing
    .filter((thing) => locate(thing, env) === undefined)
    .map((thing) => ({
      thing,
      reasons: reasons.get(thing) ?? [],
      byHand: planInstall([thing], { env, system, locate })[0]?.byHand ?? [],
    }));
}

/**
 * @param {readonly string[]} things
 * @param {{ env: Environment, root: string, log: (line: string) => void, system: System }} options
 * @returns {Promise<Map<string, string>>} Why, by what could not be installed.
 */
async function installPackages(things, { env, root, log, system: { sudo, cannot } }) {
  if (cannot !== undefined) return new Map(things.map((thing) => [thing, `packages: ${cannot}`]));
  const quiet = [...sudo.map((command) => [command, '-n']).flat(), 'env', 'DEBIAN_FRONTEND=noninteractive'];
  /** @param {string[]} command */
  const asRoot = async (command) => {
    log(`running ${[...sudo, ...command].join(' ')}`);
    return run([...quiet, ...command], { env, cwd: root });
  };
  /** @type {Map<string, string>} */
  const failed = new Map();
  const stale = await asRoot(['apt-get', 'update', '-qq']);
  if (stale !== undefined) log(`the package lists may be old: ${stale}`);
  // Browsers apart from the rest, so that neither fails because of the other.
  for (const group of [things.filter(isBrowser), things.filter((thing) => !isBrowser(thing))]) {
    const show = (/** @type {string} */ name) => ask(['apt-cache', 'show', '--no-all-versions', name], env);
    const { packages, unknown } = choosePackages(group, show);
    for (const thing of unknown) failed.set(thing, 'packages: apt has none that is not a snap');
    if (packages.length === 0) continue;
    const why = await asRoot(['apt-get', 'install', '-y', '--no-install-recommends', ...packages]);
    const installed = group.filter((thing) => !unknown.includes(thing));
    if (why !== undefined) installed.forEach((thing) => failed.set(thing, `packages: ${why}`));
    else for (const command of afterInstall(installed, env)) await asRoot(command);
  }
  return failed;
}
