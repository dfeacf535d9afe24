import { expect, test } from 'vitest';
import { HostMonitor } from '../../harness/monitor/host-monitor.ts';
import type { Machine } from '../../harness/monitor/machine.ts';
import { thisMachine } from '../../harness/monitor/machine.ts';
import type { MachineSample } from '../../harness/monitor/machine-sample.ts';

/** The first samples of a monitor that looks often. */
async function samplesOf(machine: Machine | undefined, count: number): Promise<MachineSample[]> {
  const samples: MachineSample[] = [];
  const { promise, resolve } = deferred();
  const onSample = (sample: MachineSample) => {
    if (samples.push(sample) >= count) resolve();
  };
  await using _monitor = new HostMonitor({ onSample, intervalMs: 100, ...(machine && { machine }) });
  await promise;
  return samples;
}

function deferred() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}

test('HostMonitor tells what this machine did, share by share', async () => {
  for (const sample of await samplesOf(undefined, 3)) {
    expect(sample.t).toBeGreaterThan(0);
    expect(sample.busyRatio).toBeGreaterThanOrEqual(0);
    expect(sample.busyRatio).toBeLessThanOrEqual(1);
    expect(sample.memoryAvailableBytes).toBeGreaterThan(0);
    if (process.platform !== 'linux') continue;
    expect(sample.trees?.map(({ name }) => name)).toContain('harness');
    expect(sample.openFiles).toBeGreaterThan(0);
    expect(sample.runQueue).toBeGreaterThanOrEqual(1);
  }
});

test('HostMonitor tells only its time if the machine tells nothing', async () => {
  const failing: Machine = { read: () => Promise.reject(new Error('not on this platform')) };
  for (const sample of await samplesOf(failing, 2)) {
    expect(Object.keys(sample).filter((key) => key !== 'loopLatenessMs')).toEqual(['t']);
  }
});

test('HostMonitor looks no more once it is closed, also if a look is under way', async () => {
  const samples: MachineSample[] = [];
  let asked = 0;
  const { promise: second, resolve } = deferred();
  let answer = () => {};
  const machine: Machine = {
    read: () => {
      if (++asked === 1) return {};
      resolve();
      return new Promise((done) => (answer = () => done({ busyRatio: 1 })));
    },
  };
  const monitor = new HostMonitor({ onSample: (sample) => samples.push(sample), machine, intervalMs: 20 });
  await second;
  const closed = monitor[Symbol.asyncDispose]();
  answer();
  await closed;
  await new Promise(setImmediate);
  expect(samples).toEqual([]);
});

test('thisMachine() asks a library for CPU and memory where there is no /proc', async () => {
  const { busyRatio, memoryAvailableBytes, trees } = await thisMachine('darwin').read();
  expect(busyRatio === undefined || (busyRatio >= 0 && busyRatio <= 1)).toBe(true);
  expect(memoryAvailableBytes).toBeGreaterThan(0);
  expect(trees, 'nobody tells them apart').toBeUndefined();
});
