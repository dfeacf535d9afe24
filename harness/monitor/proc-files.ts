/** Time since boot that all cores spent, in ticks. */
export interface CpuTicks {
  total: number;
  /** Neither idle nor waiting for a disk. */
  busy: number;
  steal: number;
  iowait: number;
}

/**
 * The first line of /proc/stat, and how many processes want to run; `undefined` if it is not one.
 *
 * @see proc_stat(5): user nice system idle iowait irq softirq steal, then guest times, which user and nice hold already
 */
export function readCpuTicks(stat: string): (CpuTicks & { runQueue?: number }) | undefined {
  const times = /^cpu +(.*)$/m.exec(stat)?.[1]?.split(' ').map(Number);
  if (!times || times.length < 4 || times.some(Number.isNaN)) return undefined;
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = times;
  const busy = user + nice + system + irq + softirq + steal;
  const runQueue = countIn(stat, /^procs_running (\d+)$/m);
  return { total: busy + idle + iowait, busy, steal, iowait, ...(runQueue !== undefined && { runQueue }) };
}

/** /proc/meminfo: what can be had without swapping, bytes. */
export function readMemoryAvailable(meminfo: string): number | undefined {
  const kilobytes = countIn(meminfo, /^MemAvailable: +(\d+) kB$/m);
  return kilobytes === undefined ? undefined : kilobytes * 1024;
}

/** /proc/pressure/cpu: µs in which some process waited for a core, since boot. */
export function readCpuPressure(pressure: string): number | undefined {
  return countIn(pressure, /^some .*total=(\d+)$/m);
}

/** /proc/net/sockstat, and sockstat6 after it: TCP and UDP sockets in use. */
export function readSockets(sockstat: string): number | undefined {
  const counts = [...sockstat.matchAll(/^(?:TCP|UDP)6?: inuse (\d+)/gm)].map(([, count]) => Number(count));
  return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count, 0);
}

/** A process, as /proc/PID/stat tells of it. */
export interface ProcessStat {
  name: string;
  parent: number;
  /** The process that opened the session it is in. */
  session: number;
  /** User and system time, ticks. */
  ticks: number;
}

/** @see proc_pid_stat(5): a name may hold spaces and parentheses; the parent is field 4, the session 6, the times are 14 and 15 */
export function readProcessStat(stat: string): ProcessStat | undefined {
  const [opened, closed] = [stat.indexOf('('), stat.lastIndexOf(')')];
  const fields = stat.slice(closed + 2).split(' ');
  const [parent, session] = [Number(fields[1]), Number(fields[3])];
  const ticks = Number(fields[11]) + Number(fields[12]);
  if (opened < 0 || [parent, session, ticks].some(Number.isNaN)) return undefined;
  return { name: stat.slice(opened + 1, closed), parent, session, ticks };
}

function countIn(text: string, pattern: RegExp): number | undefined {
  const found = pattern.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}
