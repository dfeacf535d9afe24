/** How much CPU a control group may use, and has used so far. */
export interface CpuQuota {
  /** The group's folder. */
  group: string;
  /** Cores' worth of time it may use. */
  cores: number;
  usedSeconds: number;
}

const ROOT = '/sys/fs/cgroup';

/**
 * The quotas this process is under, its own control group's and those of the groups around it, as containers have them
 * (`docker --cpus 2`); empty if there is none.
 *
 * @param read the text of a file, empty if it is not there
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html (cpu.max, cpu.stat), and cgroup-v1's cpu.cfs_quota_us
 */
export function readCpuQuotas(read: (path: string) => string): CpuQuota[] {
  return read('/proc/self/cgroup')
    .split('\n')
    .flatMap((line) => {
      const [, controllers = '', path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
      if (path === undefined) return [];
      if (controllers === '') return upwards(path).flatMap((at) => quotaOfV2(`${ROOT}${at}`, read) ?? []);
      if (!controllers.split(',').includes('cpu')) return [];
      return upwards(path).flatMap((at) => quotaOfV1(at, read) ?? []);
    });
}

/** The group and those around it: `/a/b`, `/a`, ``. */
function upwards(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '');
  return Array.from({ length: parts.length + 1 }, (_, cut) =>
    parts.slice(0, parts.length - cut).reduce((sum, part) => `${sum}/${part}`, ''),
  );
}

function quotaOfV2(group: string, read: (path: string) => string): CpuQuota | undefined {
  const [quota, period] = read(`${group}/cpu.max`).trim().split(' ').map(Number);
  const usedUs = Number(/^usage_usec (\d+)$/m.exec(read(`${group}/cpu.stat`))?.[1]);
  if (!quota || !period || Number.isNaN(usedUs)) return undefined;
  return { group, cores: quota / period, usedSeconds: usedUs / 1e6 };
}

function quotaOfV1(at: string, read: (path: string) => string): CpuQuota | undefined {
  const group = `${ROOT}/cpu${at}`;
  const [quota, period] = [read(`${group}/cpu.cfs_quota_us`), read(`${group}/cpu.cfs_period_us`)].map(Number);
  const usedNs = read(`${ROOT}/cpuacct${at}/cpuacct.usage`).trim();
  // -1: as much as there is.
  if (!quota || quota < 0 || !period || usedNs === '') return undefined;
  return { group, cores: quota / period, usedSeconds: Number(usedNs) / 1e9 };
}
