import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  processesWith,
  processStart,
  removeRun,
  runFolderPrefix,
  sweepLeftovers,
} from '../../harness/lifecycle/leftovers.mjs';
import { goneWithin } from '../helpers/processes.ts';
import { PROGRAMS, startProgram, TestFolder, type StartedProgram } from '../helpers/programs.ts';

const isWindows = process.platform === 'win32';

/** A run's folder with a profile in it. */
function runFolder(home: TestFolder, name: string): string {
  const folder = join(home.path, name);
  mkdirSync(join(folder, 'chrome-profile'), { recursive: true });
  writeFileSync(join(folder, 'chrome-profile', 'Preferences'), '{}');
  return folder;
}

/** A stand-in for a browser: its command line holds its profile. */
const browserIn = (folder: string): Promise<StartedProgram> =>
  startProgram(['-e', PROGRAMS.idle], [join(folder, 'chrome-profile')]);

/** The pid of a process that was here and is no longer. */
const deadPid = (): number => spawnSync(process.execPath, ['-e', '']).pid;

describe('processStart()', () => {
  test('is the same text as long as the process lives', async () => {
    await using program = await startProgram(['-e', PROGRAMS.idle]);
    const start = processStart(program.pid);
    expect(start).toMatch(/\S/);
    expect(processStart(program.pid)).toBe(start);
  });

  test('is undefined if the process is gone', () => {
    expect(processStart(deadPid())).toBeUndefined();
  });

  test.runIf(process.platform === 'linux')(
    'is undefined if the process is dead but nobody asked how',
    async () => {
      // What takes the shell's place does not know that it has a child.
      const script = `sleep 1000 & exec "$0" -e 'console.log(process.argv[1]); setInterval(() => {}, 1e6);' $!`;
      const parent = `require('node:child_process').spawn('sh', ['-c', ...process.argv.slice(1)], { stdio: 'inherit' });`;
      await using program = await startProgram(['-e', parent], [script, process.execPath]);
      const zombie = Number(program.firstLine);
      process.kill(zombie, 'SIGKILL');
      expect(await goneWithin([zombie], 5000)).toEqual([]);
      expect(existsSync(`/proc/${zombie}`)).toBe(true);
    },
  );
});

describe('processesWith()', () => {
  test('finds a process by its command line, and never itself', async () => {
    using home = new TestFolder();
    await using browser = await browserIn(home.path);
    expect(processesWith(home.path)).toEqual([browser.pid]);
    expect(processesWith(process.execPath)).not.toContain(process.pid);
  });
});

describe.skipIf(isWindows)('removeRun()', () => {
  test("kills what runs from the run's folder and removes it", async () => {
    using home = new TestFolder();
    const folder = runFolder(home, 'run-1-1-abc');
    await using browser = await browserIn(folder);
    expect(removeRun(folder)).toEqual({ killed: [browser.pid] });
    expect(await browser.ended).toEqual({ exitCode: null, signal: 'SIGKILL' });
    expect(existsSync(folder)).toBe(false);
  });

  test('kills the whole process group, also what does not name the folder', async () => {
    using home = new TestFolder();
    const folder = runFolder(home, 'run-1-1-abc');
    await using browser = await startProgram(['-e', PROGRAMS.parent], [join(folder, 'chrome-profile')]);
    const child = Number(browser.firstLine.replace('child ', ''));
    expect(processesWith(folder)).toEqual([browser.pid]);
    removeRun(folder);
    expect(await goneWithin([browser.pid, child], 5000)).toEqual([]);
  });

  test('leaves a run alone whose folder only begins like that', async () => {
    using home = new TestFolder();
    const folder = runFolder(home, 'run-1-1-abc');
    const other = runFolder(home, 'run-1-1-abcd');
    await using browser = await browserIn(other);
    expect(removeRun(folder)).toEqual({ killed: [] });
    expect(processStart(browser.pid)).toBeDefined();
    expect(existsSync(other)).toBe(true);
  });

  test('has nothing to do if the folder is gone', () => {
    using home = new TestFolder();
    expect(removeRun(join(home.path, 'run-1-1-abc'))).toEqual({ killed: [] });
  });
});

describe.skipIf(isWindows)('sweepLeftovers()', () => {
  test('kills and removes what is left of a run if its owner is dead', async () => {
    using home = new TestFolder();
    const folder = runFolder(home, `run-${deadPid()}-12345-abc`);
    await using browser = await browserIn(folder);
    expect(sweepLeftovers(home.path)).toEqual([{ folder, killed: [browser.pid] }]);
    expect(await browser.ended).toEqual({ exitCode: null, signal: 'SIGKILL' });
    expect(existsSync(folder)).toBe(false);
    expect(sweepLeftovers(home.path)).toEqual([]);
  });

  test('leaves a run alone if its owner lives', async () => {
    using home = new TestFolder();
    await using owner = await startProgram(['-e', PROGRAMS.idle]);
    const folder = runFolder(home, `${runFolderPrefix(owner.pid)}abc`);
    await using browser = await browserIn(folder);
    expect(sweepLeftovers(home.path)).toEqual([]);
    expect(processStart(browser.pid)).toBeDefined();
    expect(existsSync(join(folder, 'chrome-profile', 'Preferences'))).toBe(true);
  });

  test("removes what is left of a run if its owner's pid is somebody else's now", async () => {
    using home = new TestFolder();
    await using other = await startProgram(['-e', PROGRAMS.idle]);
    // The same pid, another start.
    const folder = runFolder(home, `run-${other.pid}-1-abc`);
    await using browser = await browserIn(folder);
    expect(sweepLeftovers(home.path)).toEqual([{ folder, killed: [browser.pid] }]);
    expect(await browser.ended).toEqual({ exitCode: null, signal: 'SIGKILL' });
    expect(processStart(other.pid)).toBeDefined();
  });

  test('removes every run whose owner is dead, and nothing that is no run', () => {
    using home = new TestFolder();
    const names = [`run-${deadPid()}-1-abc`, `run-${deadPid()}-1-def`];
    for (const name of names) runFolder(home, name);
    const keep = runFolder(home, 'keep-1-1-abc');
    const swept = sweepLeftovers(home.path);
    expect(swept.map(({ folder }) => folder).toSorted()).toEqual(
      names.map((name) => join(home.path, name)).toSorted(),
    );
    expect(existsSync(keep)).toBe(true);
  });

  test('finds nothing if no run was ever made here', () => {
    using home = new TestFolder();
    expect(sweepLeftovers(join(home.path, 'nowhere'))).toEqual([]);
  });
});
