import { describe, expect, test } from 'vitest';
import { readCpuQuotas } from '../../harness/monitor/cpu-quota.ts';

const quotasOf = (files: Record<string, string>) => readCpuQuotas((path) => files[path] ?? '');

describe('readCpuQuotas()', () => {
  test("reads a container's, where its group is the root that it sees (cgroup v2)", () => {
    const quotas = quotasOf({
      '/proc/self/cgroup': '0::/\n',
      '/sys/fs/cgroup/cpu.max': '150000 100000\n',
      '/sys/fs/cgroup/cpu.stat': 'usage_usec 2500000\nuser_usec 2000000\nnr_throttled 3\n',
    });
    expect(quotas).toEqual([{ group: '/sys/fs/cgroup', cores: 1.5, usedSeconds: 2.5 }]);
  });

  test('reads those of the groups around it as well: the tightest is what counts', () => {
    const quotas = quotasOf({
      '/proc/self/cgroup': '0::/ci.slice/job-7\n',
      '/sys/fs/cgroup/ci.slice/job-7/cpu.max': 'max 100000\n',
      '/sys/fs/cgroup/ci.slice/job-7/cpu.stat': 'usage_usec 1\n',
      '/sys/fs/cgroup/ci.slice/cpu.max': '400000 100000\n',
      '/sys/fs/cgroup/ci.slice/cpu.stat': 'usage_usec 8000000\n',
    });
    expect(quotas).toEqual([{ group: '/sys/fs/cgroup/ci.slice', cores: 4, usedSeconds: 8 }]);
  });

  test('reads cgroup v1', () => {
    const quotas = quotasOf({
      '/proc/self/cgroup': '4:memory:/docker/x\n2:cpu,cpuacct:/docker/x\n0::/\n',
      '/sys/fs/cgroup/cpu/docker/x/cpu.cfs_quota_us': '50000\n',
      '/sys/fs/cgroup/cpu/docker/x/cpu.cfs_period_us': '100000\n',
      '/sys/fs/cgroup/cpuacct/docker/x/cpuacct.usage': '3000000000\n',
      '/sys/fs/cgroup/cpu/docker/cpu.cfs_quota_us': '-1\n',
      '/sys/fs/cgroup/cpu/docker/cpu.cfs_period_us': '100000\n',
      '/sys/fs/cgroup/cpuacct/docker/cpuacct.usage': '1\n',
    });
    expect(quotas).toEqual([{ group: '/sys/fs/cgroup/cpu/docker/x', cores: 0.5, usedSeconds: 3 }]);
  });

  test('finds none where there is no quota, no control group, or nothing that can be read', () => {
    expect(quotasOf({})).toEqual([]);
    expect(quotasOf({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': 'max 100000\n' })).toEqual([]);
    expect(quotasOf({ '/proc/self/cgroup': 'nonsense' })).toEqual([]);
  });
});
