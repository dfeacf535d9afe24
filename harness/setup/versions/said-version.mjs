// @ts-check
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { isOfVersion, versionIn } from '../../versions/version-name.mjs';
import { tryVersion } from '../browser-kind.mjs';
import { familyOf } from './version-cache.mjs';

const START_MS = 30_000;

/**
 * The version that a browser says it is of, once it starts: a build without its libraries is none, and one of another
 * version neither. On Windows, where `--version` opens a window, the wanted one is believed.
 *
 * @param {string} executablePath
 * @param {import('./install-version.mjs').VersionedName} wanted
 * @returns {Promise<string>} In full.
 * @throws {Error} with why it is not to be had, in the browser's own words where it does not start.
 */
export async function saidVersion(executablePath, { browser, version }) {
  if (process.platform === 'win32') return version;
  let asked = tryVersion(executablePath);
  if ('why' in asked && familyOf(browser) === 'chrome') asked = await startedVersion(executablePath);
  if ('why' in asked) throw new Error(`it does not start here: ${asked.why}`);
  const said = versionIn(asked.line);
  if (said === undefined || !isOfVersion(said, version)) {
    throw new Error(`it is of another version: ${asked.line}`);
  }
  return said;
}

/**
 * What a started Chromium says of itself. Headless builds as old as 119 take `--version` for nothing: they refuse to run
 * as root, or start and stay.
 *
 * @param {string} executablePath
 * @returns {Promise<{ line: string } | { why: string }>}
 */
async function startedVersion(executablePath) {
  const profile = mkdtempSync(join(tmpdir(), 'callrig-version-'));
  const flags = ['--headless', '--no-sandbox', '--remote-debugging-port=0', `--user-data-dir=${profile}`];
  // A group of its own, so that all of its processes can be ended at once.
  const child = spawn(executablePath, flags, { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise((resolve) => {
    child.once('error', resolve).once('exit', resolve);
  });
  const giveUp = AbortSignal.timeout(START_MS);
  try {
    const address = await debuggingAddress(child.stderr, giveUp);
    const answer = await fetch(`${address}/json/version`, { signal: giveUp });
    const { Browser: line } = /** @type {{ Browser?: unknown }} */ (await answer.json());
    return { line: String(line) };
  } catch (error) {
    return { why: error instanceof Error ? error.message : String(error) };
  } finally {
    if (child.pid !== undefined) endGroup(child.pid);
    await ended;
    child.stderr.destroy();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * Where a Chromium that starts can be asked.
 *
 * @param {import('node:stream').Readable} stderr
 * @param {AbortSignal} giveUp
 * @throws {Error} with the last it said, when it ends without saying where.
 */
async function debuggingAddress(stderr, giveUp) {
  let last = 'it ended without a word';
  for await (const line of createInterface({ input: stderr, signal: giveUp })) {
    const [, host] = /DevTools listening on ws:\/\/([^/]+)\//.exec(line) ?? [];
    if (host !== undefined) return `http://${host}`;
    last = line.trim() || last;
  }
  throw new Error(giveUp.aborted ? `nothing could be asked within ${START_MS / 1000} s: ${last}` : last);
}

/** @param {number} pid */
function endGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
