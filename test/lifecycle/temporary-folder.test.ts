import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { processesWith, runFolderPrefix, sweepLeftovers } from '../../harness/lifecycle/leftovers.mjs';
import { TemporaryFolder } from '../../harness/lifecycle/temporary-folder.ts';
import { goneWithin } from '../helpers/processes.ts';
import { PROGRAMS, startProgram, TestFolder } from '../helpers/programs.ts';

const OWNER = fileURLToPath(new URL('../fixtures/programs/owner.ts', import.meta.url));

describe.skipIf(process.platform === 'win32')('TemporaryFolder.open()', () => {
  test('makes a folder that says whose it is and that only its user can look into', async () => {
    using home = new TestFolder();
    const parent = join(home.path, 'callrig-user');
    await using temporary = TemporaryFolder.open(parent);
    expect(dirname(temporary.path)).toBe(parent);
    expect(basename(temporary.path).startsWith(runFolderPrefix(process.pid))).toBe(true);
    expect(statSync(parent).mode & 0o077).toBe(0);
    expect(statSync(temporary.path).mode & 0o077).toBe(0);
    expect(sweepLeftovers(parent)).toEqual([]);
  });

  test('makes another folder each time', async () => {
    using home = new TestFolder();
    await using one = TemporaryFolder.open(home.path);
    await using other = TemporaryFolder.open(home.path);
    expect(one.path).not.toBe(other.path);
  });
});

describe.skipIf(process.platform === 'win32')('TemporaryFolder.create()', () => {
  test('makes another empty folder each time', async () => {
    using home = new TestFolder();
    await using temporary = TemporaryFolder.open(home.path);
    const folders = [temporary.create('chrome'), temporary.create('chrome')];
    expect(new Set(folders).size).toBe(2);
    for (const folder of folders) {
      expect(basename(folder)).toMatch(/^chrome-/);
      expect(dirname(folder)).toBe(temporary.path);
      expect(readdirSync(folder)).toEqual([]);
    }
  });
});

describe.skipIf(process.platform === 'win32')('the end of a TemporaryFolder', () => {
  test('removes the folder, kills what runs from it and lets the watchdog go', async () => {
    using home = new TestFolder();
    const temporary = TemporaryFolder.open(home.path);
    const profile = temporary.create('chrome');
    writeFileSync(join(profile, 'Preferences'), '{}');
    await using browser = await startProgram(['-e', PROGRAMS.idle], [profile]);
    expect(processesWith(temporary.path)).toHaveLength(2);
    await temporary[Symbol.asyncDispose]();
    expect(await browser.ended).toEqual({ exitCode: null, signal: 'SIGKILL' });
    expect(processesWith(temporary.path)).toEqual([]);
    expect(readdirSync(home.path)).toEqual([]);
  });

  test('can come twice', async () => {
    using home = new TestFolder();
    const temporary = TemporaryFolder.open(home.path);
    await temporary[Symbol.asyncDispose]();
    await expect(temporary[Symbol.asyncDispose]()).resolves.toBeUndefined();
  });

  test('does not wait for a watchdog that was killed', async () => {
    using home = new TestFolder();
    const temporary = TemporaryFolder.open(home.path);
    const watchdog = processesWith(temporary.path);
    expect(watchdog).toHaveLength(1);
    process.kill(watchdog[0]!, 'SIGKILL');
    expect(await goneWithin(watchdog, 5000)).toEqual([]);
    await temporary[Symbol.asyncDispose]();
    expect(readdirSync(home.path)).toEqual([]);
  });

  test('is seen to by the watchdog if the owner is killed with SIGKILL', async () => {
    using home = new TestFolder();
    await using owner = await startProgram(['--import', 'tsx', OWNER], [home.path]);
    const { folder, browser } = JSON.parse(owner.firstLine) as { folder: string; browser: number };
    const watchdog = processesWith(folder).filter((pid) => pid !== browser);
    expect(watchdog).toHaveLength(1);
    expect(existsSync(folder)).toBe(true);
    process.kill(owner.pid, 'SIGKILL');
    expect(await owner.ended).toEqual({ exitCode: null, signal: 'SIGKILL' });
    expect(await goneWithin([browser, ...watchdog], 5000)).toEqual([]);
    expect(existsSync(folder)).toBe(false);
  });
});
