import { describe, expect, test } from 'vitest';
import { judgeSpoiled } from '../fixtures/judging.ts';
import type { RecordedCall } from '../fixtures/recorded.ts';

const fillMachine = ({ record }: RecordedCall) => {
  for (const sample of record.host) sample.hostCpuRatio = 0.98;
};
const delayTimers = ({ deltas }: RecordedCall) => {
  for (const delta of deltas['caller']!) delta.lateMs = 400;
};
const slowCamera = ({ record }: RecordedCall) => {
  // The recorded 20 frames a second are under 60 % of this.
  record.peers['callee']!.source = { kind: 'fake-device', frameRate: 50 };
};
const limitByCpu = ({ deltas }: RecordedCall) => {
  for (const [index, { changed }] of deltas['caller']!.entries()) {
    for (const fields of Object.values(changed)) {
      if ('qualityLimitationDurations' in fields)
        fields['qualityLimitationDurations'] = { none: 1, cpu: index, bandwidth: 0, other: 0 };
    }
  }
};
const both =
  (...spoils: ((call: RecordedCall) => void)[]) =>
  (call: RecordedCall) =>
    spoils.forEach((spoil) => spoil(call));

describe('a call on a saturated load generator', () => {
  test('is inconclusive with the figures if the machine was full and timers were late', async () => {
    const { call, run } = await judgeSpoiled(both(fillMachine, delayTimers));
    expect(call.status).toBe('inconclusive');
    expect(call.headline).toContain(
      "The load generator was saturated: all cores were 98 % busy, caller's timers were 400 ms late",
    );
    expect(run.exitCode).toBe(111);
  });

  test('is inconclusive if the machine was full and a camera fell behind', async () => {
    const { call } = await judgeSpoiled(both(fillMachine, slowCamera));
    expect(call.headline).toMatch(/callee sent \d+\.\d of 50 frames per second/);
  });

  test('is inconclusive if an encoder said cpu most of the time', async () => {
    const { call } = await judgeSpoiled(limitByCpu);
    expect(call.headline).toContain("caller's encoder was held back by the CPU 100 % of the time");
  });

  test('is inconclusive if it timed out', async () => {
    const { call } = await judgeSpoiled((spoiled) => {
      both(fillMachine, delayTimers)(spoiled);
      spoiled.record.fault = {
        phase: 'ice',
        status: 'failed',
        message: 'too late',
        code: 'TIMEOUT',
        details: {},
      };
    });
    expect(call.status).toBe('inconclusive');
  });

  test('stays failed if a check failed: a black frame is no matter of speed', async () => {
    const { call, run } = await judgeSpoiled((spoiled) => {
      both(fillMachine, delayTimers)(spoiled);
      spoiled.record.checks[0] = { ...spoiled.record.checks[0]!, passed: false };
    });
    expect([call.status, run.exitCode]).toEqual(['failed', 99]);
  });

  test('makes a breached threshold inconclusive, but not one on checks', async () => {
    const { run } = await judgeSpoiled(both(fillMachine, delayTimers), {
      thresholds: { connect_ms: ['max<1'], checks: ['rate>1'] },
    });
    expect(run.thresholds.map(({ status }) => status)).toEqual(['inconclusive', 'failed']);
    expect(run.reasons.find(({ name }) => name === 'connect_ms')?.message).toContain(
      'the load generator was saturated',
    );
  });
});

test.for([
  ['the machine was full but kept up', fillMachine],
  ['timers were late on a machine that was not full', delayTimers],
  ['a camera was slow on a machine that was not full', slowCamera],
] as const)('a call is not called saturated if only %s', async ([, spoil]) => {
  const { call } = await judgeSpoiled(spoil);
  expect(call.status).toBe('passed');
});
