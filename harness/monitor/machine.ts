import { readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import si from 'systeminformation';
import type { MachineSample } from './machine-sample.ts';
import { readCpuQuotas, type CpuQuota } from './cpu-quota.ts';
import { OwnTrees } from './own-trees.ts';
import {
  readCpuPressure,
  readCpuTicks,
  readMemoryAvailable,
  readSockets,
  type CpuTicks,
} from './proc-files.ts';

type Figures = Omit<MachineSample, 't' | 'loopLatenessMs'>;

/** Tells what the machine did since it was asked last. */
export interface Machine {
  read(): Figures | Promise<Figures>;
}

export function thisMachine(platform: NodeJS.Platform = process.platform): Machine {
  return platform === 'linux' ? new LinuxMachine() : new OtherMachine();
}

/** From /proc, without starting a process. */
class LinuxMachine implements Machine {
  readonly #trees = new OwnTrees();
  #ticks: CpuTicks | undefined;
  #quotas: { all: CpuQuota[]; atMs: number } | undefined;
  #pressure: { us: number; atMs: number } | undefined;

  read(): Figures {
    const trees = this.#trees.usage();
    const memoryAvailableBytes = readMemoryAvailable(read('/proc/meminfo'));
    const sockets = readSockets(`${read('/proc/net/sockstat')}\n${read('/proc/net/sockstat6')}`);
    const openFiles = filesOpen();
    const cpuPressure = this.#pressureSince();
    const quotaRatio = this.#quotaSince();
    return {
      ...this.#cpu(),
      ownRatio: trees.reduce((sum, { cores }) => sum + cores, 0) / os.cpus().length,
      ...(quotaRatio !== undefined && { quotaRatio }),
      ...(cpuPressure !== undefined && { cpuPressure }),
      ...(memoryAvailableBytes !== undefined && { memoryAvailableBytes }),
      ...(sockets !== undefined && { sockets }),
      ...(openFiles !== undefined && { openFiles }),
      trees,
    };
  }

  #cpu(): Figures {
    const before = this.#ticks;
    const ticks = readCpuTicks(read('/proc/stat'));
    this.#ticks = ticks;
    const total = ticks && before ? ticks.total - before.total : 0;
    // Less than a tick says nothing.
    if (!ticks || !before || total <= 0) return {};
    const share = (key: keyof CpuTicks) => Math.min(1, Math.max(0, (ticks[key] - before[key]) / total));
    return {
      busyRatio: share('busy'),
      stealRatio: share('steal'),
      iowaitRatio: share('iowait'),
      ...(ticks.runQueue !== undefined && { runQueue: ticks.runQueue }),
    };
  }

  #quotaSince(): number | undefined {
    const [all, atMs] = [readCpuQuotas(read), performance.now()];
    const before = this.#quotas;
    this.#quotas = { all, atMs };
    if (!before || atMs <= before.atMs) return undefined;
    const ratios = all.flatMap(({ group, cores, usedSeconds }) => {
      const used = before.all.find((each) => each.group === group)?.usedSeconds;
      return used === undefined ? [] : [(usedSeconds - used) / ((atMs - before.atMs) / 1000) / cores];
    });
    return ratios.length === 0 ? undefined : Math.min(1, Math.max(...ratios));
  }

  #pressureSince(): number | undefined {
    const us = readCpuPressure(read('/proc/pressure/cpu'));
    const atMs = performance.now();
    const before = this.#pressure;
    this.#pressure = us === undefined ? undefined : { us, atMs };
    if (us === undefined || !before || atMs <= before.atMs) return undefined;
    return Math.min(1, (us - before.us) / 1000 / (atMs - before.atMs));
  }
}

/** What a library finds out on other platforms: CPU and memory of the whole machine. */
class OtherMachine implements Machine {
  async read(): Promise<Figures> {
    const [{ currentLoad }, { available }] = await Promise.all([si.currentLoad(), si.mem()]);
    return {
      ...(Number.isFinite(currentLoad) && { busyRatio: Math.min(1, currentLoad / 100) }),
      ...(Number.isFinite(available) && { memoryAvailableBytes: available }),
    };
  }
}

function filesOpen(): number | undefined {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return undefined;
  }
}

/** Empty where there is no such file: no PSI, no IPv6. */
function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
