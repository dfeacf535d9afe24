// @ts-check
import { findBrowsers } from './find-browsers.mjs';
import { DEFAULT_BROWSERS } from './known-browsers.mjs';
import { findCommand } from './processes.mjs';
import { locateGridJar } from './selenium-grid.mjs';

/**
 * What setup can install besides npm's packages. Data only.
 *
 * @typedef {object} Thing
 * @property {string} [command] Found by this command; a browser is found as a browser is.
 * @property {string} without What a machine without it cannot do.
 * @property {true} [linuxOnly]
 *
 * @typedef {import('./executables.mjs').Environment} Environment
 */

/** @type {Readonly<Record<string, Thing>>} */
export const THINGS = {
  chrome: { without: 'no call has Chrome or Chromium in it, and there is no shaped network' },
  firefox: { without: 'no call has Firefox in it' },
  coturn: { command: 'turnserver', without: 'no relayed calls, so no measure of what TURN fallback costs' },
  ip: { command: 'ip', linuxOnly: true, without: 'no lab: namespaces cannot be wired together' },
  nft: { command: 'nft', linuxOnly: true, without: 'no NATs and firewalls in the lab' },
  tc: { command: 'tc', linuxOnly: true, without: 'no impairment by the kernel (netem) in the lab' },
  wirefilter: {
    command: 'wirefilter',
    linuxOnly: true,
    without: 'no impairment in the lab where the kernel lacks netem',
  },
  tshark: { command: 'tshark', linuxOnly: true, without: 'packet captures of lab cells cannot be read here' },
  java: { command: 'java', without: 'no Selenium Grid can be started here' },
  chromedriver: { command: 'chromedriver', without: 'a Selenium Grid that is started here has no Chrome' },
  'headless-shell': { without: '--headless shell has no browser' },
  'selenium-grid': { without: 'no Selenium Grid can be started here' },
};

/** For a Grid on this machine; a Grid elsewhere needs nothing here. */
export const GRID_THINGS = ['java', 'chromedriver', 'selenium-grid'];

/** For `--headless shell`. */
export const SHELL_THINGS = ['headless-shell'];

export const LAB_THINGS = Object.keys(THINGS).filter((name) => THINGS[name]?.linuxOnly);

/**
 * Where a thing is; `undefined` when it is not there. A browser named by flag or variable that cannot be run is not
 * missing, it is wrong, and `findBrowsers` says so: its path is given here too.
 *
 * @param {string} name
 * @param {Environment} env
 * @returns {string | undefined}
 */
export function locate(name, env) {
  const command = THINGS[name]?.command;
  if (command) return findCommand(command, env);
  if (name === 'selenium-grid') return locateGridJar(env);
  const { found, problems } = findBrowsers({ wanted: [name], env });
  return found[0]?.executablePath ?? problems[0]?.got;
}

/** @param {string} name */
export const isBrowser = (name) => DEFAULT_BROWSERS.includes(name);
