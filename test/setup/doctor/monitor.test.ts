import { expect, test } from 'vitest';
import { tryMonitor } from '../../../harness/setup/doctor/monitor.ts';

test('tryMonitor() tells what a load can know of this machine', async () => {
  const { measured, unknown } = await tryMonitor();
  expect(measured).toContain('memory');
  if (process.platform === 'linux') {
    expect(measured).toEqual(expect.arrayContaining(['CPU', "the run's share of it", 'CPU of each browser']));
  }
  expect(unknown.filter((what) => measured.includes(what))).toEqual([]);
});

test('tryMonitor() names what the machine does not tell', async () => {
  const { measured, unknown } = await tryMonitor({ read: () => ({ busyRatio: 0.5, openFiles: 3 }) });
  expect(measured).toEqual(['CPU', 'open files']);
  expect(unknown).toContain("the run's share of it");
});

test('tryMonitor() finds nothing, and throws nothing, if the machine cannot be read', async () => {
  const { measured, unknown } = await tryMonitor({ read: () => Promise.reject(new Error('no such file')) });
  expect(measured).toEqual([]);
  expect(unknown).toHaveLength(10);
});
