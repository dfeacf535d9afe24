import os from 'node:os';
import { harnessNow } from '../peer/clock.ts';
import type { HostSample } from '../call-record.ts';

interface CpuTimes {
  busyMs: number;
  totalMs: number;
}

/** Watches the machine and this process itself, so that a run can say that its own generator was at its limit. */
export class HostSampler {
  #last: CpuTimes;
  #startCpu = process.cpuUsage();
  #calls: () => number;

  /** @param calls How many calls are under way. */
  constructor({ calls = () => 1 }: { calls?: () => number } = {}) {
    this.#last = cpuTimes();
    this.#calls = calls;
  }

  sample(): HostSample {
    const now = cpuTimes();
    const total = now.totalMs - this.#last.totalMs;
    const busy = now.busyMs - this.#last.busyMs;
    this.#last = now;
    const { user, system } = process.cpuUsage(this.#startCpu);
    return {
      t: harnessNow(),
      // Less than a tick of all cores says nothing.
      ...(total > 0 && { hostCpuRatio: Math.min(1, Math.max(0, busy / total)) }),
      harnessCpuSeconds: (user + system) / 1e6,
      calls: this.#calls(),
      harnessRssBytes: process.memoryUsage.rss(),
    };
  }
}

function cpuTimes(): CpuTimes {
  let busyMs = 0;
  let totalMs = 0;
  for (const { times } of os.cpus()) {
    const busy = times.user + times.nice + times.sys + times.irq;
    busyMs += busy;
    totalMs += busy + times.idle;
  }
  return { busyMs, totalMs };
}
