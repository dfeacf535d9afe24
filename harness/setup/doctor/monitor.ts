import { setTimeout as pause } from 'node:timers/promises';
import { thisMachine, type Machine } from '../../monitor/machine.ts';
import type { MachineSample } from '../../monitor/machine-sample.ts';
import type { MonitorFinding } from './report.ts';

/** What CPU figures are taken over: some ticks of the clock. */
const MEASURED_MS = 200;

/** What a run with a load can know of its machine, in words. */
const FIGURES: Partial<Record<keyof MachineSample, string>> = {
  busyRatio: 'CPU',
  ownRatio: "the run's share of it",
  stealRatio: 'what the hypervisor takes',
  iowaitRatio: 'waiting for disks',
  runQueue: 'run queue',
  cpuPressure: 'pressure (PSI)',
  memoryAvailableBytes: 'memory',
  sockets: 'sockets',
  openFiles: 'open files',
  trees: 'CPU of each browser',
};

/** What a load's monitor measures here, tried out. */
export async function tryMonitor(machine: Machine = thisMachine()): Promise<MonitorFinding> {
  const read = async () => await machine.read();
  const figures: Partial<MachineSample> = await read()
    .then(() => pause(MEASURED_MS))
    .then(read)
    .catch(() => ({}));
  const has = (key: string) => figures[key as keyof MachineSample] !== undefined;
  const entries = Object.entries(FIGURES);
  return {
    measured: entries.flatMap(([key, words]) => (has(key) ? [words] : [])),
    unknown: entries.flatMap(([key, words]) => (has(key) ? [] : [words])),
  };
}
