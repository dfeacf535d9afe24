import { describe, expect, test } from 'vitest';
import { ProcessMeter, type ProcessUsage } from '../../harness/browser/process-usage.ts';
import { PROGRAMS, startProgram, TestFolder } from '../helpers/programs.ts';

const SECOND = 1000;

/** A meter whose clock is set by hand, in ms. */
function meterOf(pid: number): { at: (ms: number) => ProcessUsage | undefined } {
  let nowMs = 0;
  const meter = new ProcessMeter(pid, { now: () => nowMs });
  return {
    at: (ms) => {
      nowMs = ms;
      return meter.measure();
    },
  };
}

/** Uses half a second of CPU, and then says so. */
const BUSY = `while (process.cpuUsage().user < 5e5); console.log('done'); setInterval(() => {}, 1e6);`;
/** Starts what is busy, and has next to nothing to do itself. */
const WITH_BUSY_CHILD = `
  require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(BUSY)}], { stdio: 'inherit' });
  setInterval(() => {}, 1e6);`;

describe.runIf(process.platform === 'linux')('ProcessMeter.measure()', () => {
  test('tells the CPU seconds that a process has used', () => {
    const { user, system } = process.cpuUsage();
    const used = (user + system) / 1e6;
    const usage = meterOf(process.pid).at(0);
    // The kernel counts whole ticks of 10 ms, and utime and stime are each rounded down.
    expect(usage?.cpuSeconds).toBeGreaterThan(used - 0.05);
    expect(usage?.cpuSeconds).toBeLessThan(used + 30);
  });

  test('adds what its children have used', async () => {
    await using program = await startProgram(['-e', WITH_BUSY_CHILD]);
    expect(program.firstLine).toBe('done');
    expect(meterOf(program.pid).at(0)?.cpuSeconds).toBeGreaterThan(0.45);
  });

  test('tells the size from the third second on, and then every 15 s', async () => {
    await using program = await startProgram(['-e', PROGRAMS.idle]);
    const { at } = meterOf(program.pid);
    const withSize = [0, 1, 2, 3, 16, 17, 18, 31, 32].filter((s) => at(s * SECOND)?.pssBytes !== undefined);
    expect(withSize).toEqual([2, 17, 32]);
  });

  test('tells the size in bytes', async () => {
    await using program = await startProgram(['-e', PROGRAMS.idle]);
    const { at } = meterOf(program.pid);
    at(0);
    // An idle Node has some 10 to 50 MB of its own.
    expect(at(2 * SECOND)?.pssBytes).toBeGreaterThan(2e6);
    expect(at(17 * SECOND)?.pssBytes).toBeLessThan(500e6);
  });

  test('looks once if asked several times at the same moment', () => {
    const { at } = meterOf(process.pid);
    const first = at(0);
    expect(at(99)).toBe(first);
    expect(at(100)).not.toBe(first);
  });

  test('finds children that came later after 5 s', async () => {
    const { at } = meterOf(process.pid);
    at(0);
    await using late = await startProgram(['-e', WITH_BUSY_CHILD]);
    expect(late.firstLine).toBe('done');
    const unseen = at(4 * SECOND)!.cpuSeconds;
    const seen = at(5 * SECOND)!.cpuSeconds;
    expect(seen - unseen).toBeGreaterThan(0.45);
  });

  test('is undefined if the process is gone', async () => {
    await using program = await startProgram(['-e', PROGRAMS.idle]);
    const { at } = meterOf(program.pid);
    expect(at(0)).toBeDefined();
    process.kill(program.pid, 'SIGKILL');
    await program.ended;
    expect(at(1 * SECOND)).toBeUndefined();
    expect(at(6 * SECOND)).toBeUndefined();
  });

  test('is not misled by what a program calls itself', async () => {
    using folder = new TestFolder();
    // Linux names a script's process after the script, and tells that name in the middle of the line to be read.
    const odd = folder.file('a) R 1 (b', `#!${process.execPath}\n${BUSY}\n`, 0o755);
    const start = `require('node:child_process').spawn(process.argv[1], { stdio: 'inherit' }); setInterval(() => {}, 1e6);`;
    await using program = await startProgram(['-e', start], [odd]);
    expect(program.firstLine).toBe('done');
    expect(meterOf(program.pid).at(0)?.cpuSeconds).toBeGreaterThan(0.45);
  });
});
