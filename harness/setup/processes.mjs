// @ts-check
import { spawn, spawnSync } from 'node:child_process';
import { DISK, pathsOfCommand } from './executables.mjs';

/** @typedef {import('./executables.mjs').Environment} Environment */

/** Where administrators' commands are when PATH leaves them out. */
const ADMIN_FOLDERS = ['/usr/sbin', '/sbin', '/usr/local/sbin', '/opt/homebrew/bin', '/usr/local/bin'];

/**
 * A command's full path, from PATH or the administrators' folders; `undefined` when it is nowhere.
 *
 * @param {string} command
 * @param {Environment} env
 * @param {string} [platform]
 */
export function findCommand(command, env, platform = process.platform) {
  const paths = pathsOfCommand(command, env, platform);
  if (platform !== 'win32') paths.push(...ADMIN_FOLDERS.map((folder) => `${folder}/${command}`));
  return paths.find((path) => DISK.isExecutable(path));
}

/**
 * Runs a command to its end with all its output on our stderr, so that stdout stays clean.
 *
 * @param {string[]} command
 * @param {{ env: Environment, cwd: string }} options
 * @returns {Promise<string | undefined>} Why it failed; `undefined` when it did not.
 */
export function run([file = '', ...args], { env, cwd }) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { env, cwd, stdio: ['ignore', 2, 2] });
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => {
      resolve(code === 0 ? undefined : `${[file, ...args].join(' ')} ended with ${signal ?? `code ${code}`}`);
    });
  });
}

const ASK_TIMEOUT_MS = 20_000;

/**
 * What a command prints on stdout; `undefined` when it fails or takes longer than that, by default 20 s.
 *
 * @param {string[]} command
 * @param {Environment} env
 * @param {number} [timeoutMs]
 */
export function ask([file = '', ...args], env, timeoutMs = ASK_TIMEOUT_MS) {
  const { status, stdout } = spawnSync(file, args, {
    env,
    encoding: 'utf8',
    timeout: timeoutMs,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return status === 0 ? stdout : undefined;
}
