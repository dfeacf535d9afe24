import { DEFAULT_BROWSERS } from '../known-browsers.mjs';
import { LAB_THINGS, THINGS } from '../things.mjs';
import type { Advice, DoctorReport, Machine, NetworkFinding } from './report.ts';

const ENOUGH_FILES = 4096;
const ENOUGH_SHM_BYTES = 512 * 1024 ** 2;
const ENOUGH_MEMORY_BYTES = 2 * 1024 ** 3;

/**
 * What is missing or too small, in the order in which it matters.
 *
 * @param commandFor The command that installs a thing here; `undefined` when there is none.
 */
export function advise(
  {
    machine,
    browsers,
    tools,
    networks,
  }: Omit<DoctorReport, 'advice' | 'canRun' | 'schemaVersion' | 'monitor'>,
  commandFor: (thing: string) => string | undefined,
): Advice[] {
  const install = (thing: string, what: string): Advice => {
    const command = commandFor(thing);
    return { what, costs: THINGS[thing]?.without ?? '', ...(command !== undefined && { command }) };
  };
  const found = new Set(browsers.map(({ name }) => name));
  const broken = browsers.filter(({ canCall }) => !canCall);
  const lab = networks.find(({ level }) => level === 'lab');
  const labWorks = lab?.available === true && !lab.lacks;
  const absent = tools.filter(
    ({ path, linuxOnly }) => !path && (!linuxOnly || machine.os.startsWith('linux')),
  );
  return [
    ...DEFAULT_BROWSERS.filter((name) => !found.has(name)).map((name) => install(name, `${name} is missing`)),
    ...broken.map(({ name, failure }) => ({
      what: `${name} cannot call: ${failure}`,
      costs: `no call has ${name} in it`,
    })),
    ...absent
      .filter(({ name }) => !LAB_THINGS.includes(name) || !labWorks || name === 'tshark')
      .map(({ name }) => install(name, `${name} is missing`)),
    ...adviseOnLab(lab),
    ...adviseOnMachine(machine),
  ];
}

/** What no tool helps against: rights, and what the kernel lacks. */
function adviseOnLab(lab: NetworkFinding | undefined): Advice[] {
  if (lab?.hint === undefined) return [];
  const { available, lacks = [], hint } = lab;
  const costs = available
    ? 'lab networks have no delay, loss and rate'
    : 'every scenario of the lab is unsupported';
  return [{ what: `the lab lacks ${lacks.join(', ')}`, costs, command: hint }];
}

function adviseOnMachine({ os, openFiles, shmBytes, memoryBytes, sandbox }: Machine): Advice[] {
  const advice: Advice[] = [];
  if (openFiles !== undefined && openFiles < ENOUGH_FILES) {
    advice.push({
      what: `a process may open only ${openFiles} files`,
      costs: 'a browser with tens of peers runs out of them and crashes',
      command: `ulimit -n ${ENOUGH_FILES * 16}`,
    });
  }
  if (shmBytes !== undefined && shmBytes < ENOUGH_SHM_BYTES) {
    advice.push({
      what: `/dev/shm holds only ${Math.round(shmBytes / 1024 ** 2)} MiB`,
      costs: 'Firefox tabs crash when it is full',
      command: `docker run --shm-size=1g …, or mount -o remount,size=1g /dev/shm`,
    });
  }
  if (memoryBytes < ENOUGH_MEMORY_BYTES) {
    advice.push({
      what: 'less than 2 GiB of memory',
      costs: 'two browsers at once may be killed for memory',
    });
  }
  if (os.startsWith('linux') && !sandbox.usable && !sandbox.reason.startsWith('root')) {
    advice.push({
      what: `Chromium's sandbox cannot be used: ${sandbox.reason}`,
      costs: 'Chromium does not start, unless it comes with its setuid helper',
      command: 'sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 kernel.unprivileged_userns_clone=1',
    });
  }
  return advice;
}
