import { expect, test } from 'vitest';
import type { MachineSample } from '../../harness/monitor/machine-sample.ts';
import { MachineTime } from '../../harness/verdict/machine-time.ts';

/** One a second from 1000 ms on, each of the second before it. */
function secondsOf(...samples: Omit<MachineSample, 't'>[]): MachineSample[] {
  return samples.map((sample, index) => ({ t: (index + 1) * 1000, ...sample }));
}

function timeOf(samples: MachineSample[], { fromMs = 0, untilMs = Infinity } = {}) {
  const time = new MachineTime(fromMs, untilMs);
  for (const sample of samples) time.add(sample);
  return time;
}

test('MachineTime.figures() has the share of the time in which all cores were over 90 % busy', () => {
  const time = timeOf(
    secondsOf({ busyRatio: 0.5 }, { busyRatio: 0.95 }, { busyRatio: 0.9 }, { busyRatio: 1 }),
  );
  expect(time.figures().cpuOver90Ratio).toBe(0.5);
  expect(time.figures().cpuMeanRatio).toBeCloseTo(0.8375);
  expect(time.measuredMs).toBe(4000);
});

test('MachineTime.figures() counts a container at its CPU quota as full, however idle the machine', () => {
  const time = timeOf(
    secondsOf({ busyRatio: 0.3, quotaRatio: 1 }, { busyRatio: 0.3, quotaRatio: 0.5 }, { busyRatio: 0.3 }),
  );
  expect(time.figures().cpuOver90Ratio).toBeCloseTo(1 / 3);
  expect(time.figures().quotaMeanRatio).toBeCloseTo(0.75);
});

test('MachineTime.figures() leaves out what lies before and after the load', () => {
  const samples = secondsOf({ busyRatio: 1 }, { busyRatio: 0.2 }, { busyRatio: 0.2 }, { busyRatio: 1 });
  const time = timeOf(samples, { fromMs: 1000, untilMs: 3000 });
  expect(time.figures()).toEqual({ cpuOver90Ratio: 0, cpuMeanRatio: 0.2 });
  expect(time.measuredMs).toBe(2000);
});

test('MachineTime.figures() counts a second by how much of it lies inside', () => {
  const time = timeOf(secondsOf({ busyRatio: 1 }, { busyRatio: 0 }), { fromMs: 750 });
  expect(time.figures().cpuOver90Ratio).toBeCloseTo(0.2);
});

test('MachineTime.figures() weighs a look that came late by the time since the last', () => {
  const time = timeOf([
    { t: 1000, busyRatio: 0 },
    { t: 4000, busyRatio: 1 },
  ]);
  expect(time.figures().cpuOver90Ratio).toBe(0.75);
});

test("MachineTime.figures() tells other people's processes from the run's and from what the hypervisor took", () => {
  const { othersRatio, stealRatio } = timeOf(
    secondsOf({ busyRatio: 0.8, ownRatio: 0.4, stealRatio: 0.1 }),
  ).figures();
  expect(othersRatio).toBeCloseTo(0.375);
  expect(stealRatio).toBeCloseTo(0.1);
});

test("MachineTime.figures() has no others if the run's own ticks came a moment later than the machine's", () => {
  expect(timeOf(secondsOf({ busyRatio: 0.4, ownRatio: 0.45, stealRatio: 0 })).figures().othersRatio).toBe(0);
});

test('MachineTime.figures() has the least memory, the most sockets and the cores of the harness itself', () => {
  const harness = (cores: number) => [{ name: 'harness', pid: 1, cores }];
  const { leastMemoryBytes, mostSockets, harnessCores } = timeOf(
    secondsOf(
      { memoryAvailableBytes: 5e9, sockets: 3, trees: harness(0.1) },
      { memoryAvailableBytes: 4e9, sockets: 8, trees: harness(0.3) },
      { memoryAvailableBytes: 6e9, sockets: 5 },
    ),
  ).figures();
  expect({ leastMemoryBytes, mostSockets }).toEqual({ leastMemoryBytes: 4e9, mostSockets: 8 });
  expect(harnessCores).toBeCloseTo(0.2);
});

test.for([
  ['nobody looked', []],
  ['the platform tells nothing', secondsOf({}, {})],
] as const)('MachineTime.figures() is empty if %s: missing is not zero', ([, samples]) => {
  const time = timeOf([...samples]);
  expect(time.figures()).toEqual({});
  expect(time.measuredMs).toBe(0);
});
