// @ts-check
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { tryVersion } from './browser-kind.mjs';
import { puppeteerCache } from './executables.mjs';
import { isAlive } from './lock.mjs';

const UNPACK_MS = 5 * 60_000;
const FIRST_BYTE_MS = 10_000;
const STALL_MS = 60_000;
const WORKER = fileURLToPath(new URL('download-worker.mjs', import.meta.url));

/**
 * Downloads the version of a browser that puppeteer was tested with into puppeteer's cache and sees that it starts.
 *
 * The download is a process of its own: the library can neither be aborted nor does it give up by itself. It goes
 * into a scratch folder that is moved into place when whole, since a half-written archive would be taken for a good
 * one the next time.
 *
 * @param {string} name `chrome`, `chrome-headless-shell` or `firefox`.
 * @param {object} options
 * @param {import('./executables.mjs').Environment} options.env
 * @param {(line: string) => void} options.log
 * @param {number} [options.firstByteMs] Longest to wait for the first byte.
 * @param {number} [options.stallMs] Longest to wait for the next one; unpacking may take 5 minutes.
 * @param {string} [options.worker] The script that downloads.
 * @returns {Promise<string | undefined>} Why it failed; `undefined` when it did not.
 */
export async function downloadBrowser(
  name,
  { env, log, firstByteMs = FIRST_BYTE_MS, stallMs = STALL_MS, worker = WORKER },
) {
  const cache = puppeteerCache(env, process.platform);
  if (!cache) return 'there is no home folder to download into';
  if (name !== 'firefox' && process.platform === 'linux' && process.arch !== 'x64') {
    return `Chrome is not published for Linux on ${process.arch}`;
  }
  const scratch = join(cache, `.callrig-${name}-${process.pid}`);
  try {
    mkdirSync(scratch, { recursive: true });
    removeAbandoned(cache, name);
    const outcome = await download(name, { scratch, env, log, firstByteMs, stallMs, worker });
    return typeof outcome === 'string'
      ? outcome
      : settle(outcome.executablePath, outcome.path, { cache, name });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * Scratch folders of processes that were killed.
 *
 * @param {string} cache
 * @param {string} name
 */
function removeAbandoned(cache, name) {
  const prefix = `.callrig-${name}-`;
  for (const entry of readdirSync(cache)) {
    if (!entry.startsWith(prefix) || isAlive(Number(entry.slice(prefix.length)))) continue;
    rmSync(join(cache, entry), { recursive: true, force: true });
  }
}

/**
 * Moves a version's folder into the cache if its executable starts.
 *
 * @param {string} executablePath
 * @param {string} folder
 * @param {{ cache: string, name: string }} target
 */
function settle(executablePath, folder, { cache, name }) {
  const asked = process.platform === 'win32' ? undefined : tryVersion(executablePath);
  if (asked && 'why' in asked) return `it was downloaded but does not start: ${asked.why}`;
  const target = join(cache, name, basename(folder));
  mkdirSync(dirname(target), { recursive: true });
  if (existsSync(target)) rmSync(target, { recursive: true });
  renameSync(folder, target);
  return undefined;
}

/**
 * Downloads in a process of its own, that is given up on when it says nothing for too long.
 *
 * @param {string} name
 * @param {object} options
 * @param {string} options.scratch
 * @param {string} [options.build] A version; default: the one that puppeteer was tested with.
 * @param {import('./executables.mjs').Environment} options.env
 * @param {(line: string) => void} options.log
 * @param {number} [options.firstByteMs]
 * @param {number} [options.stallMs]
 * @param {string} [options.worker]
 * @returns {Promise<string | { executablePath: string, path: string }>} Why it failed, or where it is.
 */
export function download(
  name,
  { scratch, build, env, log, firstByteMs = FIRST_BYTE_MS, stallMs = STALL_MS, worker = WORKER },
) {
  return new Promise((resolve) => {
    const child = fork(worker, [name, scratch, ...(build === undefined ? [] : [build])], {
      env,
      stdio: ['ignore', 2, 2, 'ipc'],
    });
    /** @type {string | { executablePath: string, path: string }} */
    let outcome = 'the download ended without a word';
    let quarters = 0;
    /** @param {string} why */
    const giveUp = (why) => {
      outcome = why;
      child.kill('SIGKILL');
    };
    let timer = setTimeout(giveUp, firstByteMs, `no byte came within ${firstByteMs / 1000} s`);
    child.on('message', (/** @type {import('./download-worker.mjs').Message} */ message) => {
      if ('failed' in message) outcome = message.failed;
      if ('path' in message) outcome = message;
      if (!('bytes' in message)) return;
      clearTimeout(timer);
      const patienceMs = message.bytes < message.total ? stallMs : UNPACK_MS;
      timer = setTimeout(giveUp, patienceMs, `it stalled after ${megabytes(message.bytes)}`);
      const quarter = Math.floor((4 * message.bytes) / message.total);
      if (quarter > quarters) log(`${name}: ${megabytes(message.bytes)} of ${megabytes(message.total)}`);
      quarters = Math.max(quarter, quarters);
    });
    child.once('error', (error) => giveUp(error.message));
    child.once('close', () => {
      clearTimeout(timer);
      resolve(outcome);
    });
  });
}

/** @param {number} bytes */
const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`;
