// @ts-check
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const LOOK_AGAIN_MS = 250;
const LONGEST_WAIT_MS = 15 * 60_000;

/**
 * Holds a lock folder while `body` runs; waits for whoever holds it, and takes it from a process that is gone.
 *
 * The folder holds one file named after its owner. It is renamed into place with that file in it, and a rename onto a
 * folder that is not empty fails, so there is never a lock without an owner. Only a dead owner's own file is removed
 * by others, so nobody can remove a lock that someone else has just taken.
 *
 * @template T
 * @param {string} folder
 * @param {{ onWait: (pid: number) => void, body: () => Promise<T> }} options
 * @returns {Promise<T>}
 */
export async function withLock(folder, { onWait, body }) {
  const owner = `${process.pid}-${randomUUID()}`;
  await acquire(folder, owner, onWait);
  try {
    return await body();
  } finally {
    release(folder, owner);
  }
}

/**
 * @param {string} folder
 * @param {string} owner
 * @param {(pid: number) => void} onWait
 */
async function acquire(folder, owner, onWait) {
  const own = `${folder}.${owner}`;
  mkdirSync(dirname(folder), { recursive: true });
  mkdirSync(own);
  writeFileSync(join(own, owner), '');
  const since = performance.now();
  let told = false;
  while (!take(own, folder)) {
    const holder = removeIfDead(folder);
    if (holder === undefined) continue;
    if (!told) onWait(holder);
    told = true;
    if (performance.now() - since > LONGEST_WAIT_MS) {
      rmSync(own, { recursive: true });
      throw new Error(`process ${holder} has held ${folder} for 15 minutes; end it, or remove that folder`);
    }
    // A holder that is killed gives no event, so look again.
    await delay(LOOK_AGAIN_MS);
  }
}

/**
 * @param {string} own
 * @param {string} folder
 */
function take(own, folder) {
  try {
    renameSync(own, folder);
    return true;
  } catch (error) {
    // Windows says EPERM or EACCES where others say ENOTEMPTY.
    if (['ENOTEMPTY', 'EEXIST', 'EPERM', 'EACCES'].includes(codeOf(error))) return false;
    throw error;
  }
}

/**
 * @param {string} folder
 * @returns {number | undefined} The live holder's process id.
 */
function removeIfDead(folder) {
  let holder;
  try {
    [holder] = readdirSync(folder);
    const pid = Number(holder?.split('-')[0]);
    if (holder !== undefined && isAlive(pid)) return pid;
    if (holder !== undefined) rmSync(join(folder, holder), { force: true });
    rmdirSync(folder);
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST', 'EPERM', 'EBUSY'].includes(codeOf(error))) throw error;
  }
  return undefined;
}

/** @param {number} pid */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/**
 * @param {string} folder
 * @param {string} owner
 */
function release(folder, owner) {
  rmSync(join(folder, owner), { force: true });
  try {
    rmdirSync(folder);
  } catch (error) {
    // The next one took the empty folder at once.
    if (!['ENOTEMPTY', 'ENOENT', 'EEXIST', 'EPERM'].includes(codeOf(error))) throw error;
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
