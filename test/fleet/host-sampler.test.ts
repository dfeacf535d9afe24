import { expect, test } from 'vitest';
import { HostSampler } from '../../harness/fleet/host-sampler.ts';
import { harnessNow } from '../../harness/peer/clock.ts';

/** Uses a core for that long, in CPU time. */
function burn(ms: number): void {
  const start = process.cpuUsage();
  let used = 0;
  while (used < ms) {
    const { user, system } = process.cpuUsage(start);
    used = (user + system) / 1000;
  }
}

test('HostSampler.sample() counts the CPU seconds of this process since it began', () => {
  const sampler = new HostSampler();
  const first = sampler.sample();
  burn(200);
  const second = sampler.sample();
  const used = second.harnessCpuSeconds - first.harnessCpuSeconds;
  expect(used).toBeGreaterThanOrEqual(0.2);
  // Its other threads may have worked meanwhile, but not for seconds.
  expect(used).toBeLessThan(2);
});

test('HostSampler.sample() has the busy share of all cores since the last sample', () => {
  const sampler = new HostSampler();
  burn(300);
  const { hostCpuRatio } = sampler.sample();
  expect(hostCpuRatio).toBeGreaterThan(0);
  expect(hostCpuRatio).toBeLessThanOrEqual(1);
});

test('HostSampler.sample() has no ratio if no tick has passed', () => {
  const sampler = new HostSampler();
  const samples = Array.from({ length: 20 }, () => sampler.sample());
  const ratios = samples.flatMap(({ hostCpuRatio }) => hostCpuRatio ?? []);
  // 20 in a row take less than 20 ticks of 10 ms.
  expect(ratios.length).toBeLessThan(20);
  expect(samples.some((sample) => 'hostCpuRatio' in sample && sample.hostCpuRatio === undefined)).toBe(false);
});

test("HostSampler.sample() is on the harness's clock and has its memory in bytes", () => {
  const before = harnessNow();
  const { t, harnessRssBytes } = new HostSampler().sample();
  expect(t).toBeGreaterThanOrEqual(before);
  expect(t).toBeLessThanOrEqual(harnessNow());
  expect(harnessRssBytes).toBeGreaterThan(10e6);
});
