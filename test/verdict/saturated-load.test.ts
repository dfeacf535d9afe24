import { describe, expect, test } from 'vitest';
import type { PlannedLoad } from '../../harness/load/load.ts';
import type { MachineSample } from '../../harness/monitor/machine-sample.ts';
import { judgeCalls, type JudgeCallsOptions } from '../fixtures/judging.ts';
import { recordedCall, type RecordedCall } from '../fixtures/recorded.ts';

const LOAD: PlannedLoad = {
  name: 'steady',
  executor: 'constant-vus',
  vus: 4,
  durationMs: 60_000,
  startTimeMs: 0,
  gracefulStopMs: 30_000,
  tags: {},
  cells: ['chrome:firefox'],
};
const TOO_STRICT = { connect_ms: ['max<1'] };

/** Four calls at the same time. */
function calls(change: (call: RecordedCall, index: number) => void = () => {}): RecordedCall[] {
  return Array.from({ length: 4 }, (_, index) => {
    const call = recordedCall();
    call.record.id = `steady-${index}`;
    call.record.load = { name: LOAD.name, tags: {} };
    change(call, index);
    return call;
  });
}

/** Once a second from before the calls to after them, by what a second is like that many ms after the first call's start. */
function machine(like: (sinceStartMs: number) => Omit<MachineSample, 't'>): MachineSample[] {
  const { startMs, endMs } = recordedCall().record;
  const samples: MachineSample[] = [];
  for (let t = startMs - 5000; t < endMs + 5000; t += 1000) samples.push({ t, ...like(t - startMs) });
  return samples;
}
const FULL = machine(() => ({ busyRatio: 0.99, ownRatio: 0.9, stealRatio: 0 }));
const IDLE = machine(() => ({ busyRatio: 0.5, ownRatio: 0.45, stealRatio: 0 }));

const judgeLoad = (of: RecordedCall[], options: JudgeCallsOptions) =>
  judgeCalls(of, { load: [LOAD], ...options });

describe('judge() of a load', () => {
  test('passes if the machine kept up, and says with what figures', async () => {
    const result = await judgeLoad(calls(), { machine: IDLE });
    expect([result.status, result.exitCode]).toEqual(['passed', 0]);
    expect(result.generator).toMatchObject({ verdict: 'held', cpuOver90Ratio: 0, cpuMeanRatio: 0.5 });
    expect(result.generator?.othersRatio).toBeCloseTo(0.1);
  });

  test('is inconclusive with reason and figures if the machine was full, however well the calls went', async () => {
    const result = await judgeLoad(calls(), { machine: FULL });
    expect([result.status, result.exitCode]).toEqual(['inconclusive', 111]);
    expect(result.reasons).toEqual([
      {
        kind: 'saturation',
        status: 'inconclusive',
        message:
          'The load generator was saturated: all cores were over 90 % busy for 100 % of the time (99 % on average)',
        hint: expect.stringContaining('fewer calls'),
      },
    ]);
    expect(result.headline).toContain('p2p-call is inconclusive: The load generator was saturated');
  });

  test('makes a breached threshold inconclusive if the machine was full, and only then', async () => {
    const full = await judgeLoad(calls(), { machine: FULL, thresholds: TOO_STRICT });
    expect([full.status, full.thresholds[0]?.status]).toEqual(['inconclusive', 'inconclusive']);
    const idle = await judgeLoad(calls(), { machine: IDLE, thresholds: TOO_STRICT });
    expect([idle.status, idle.thresholds[0]?.status]).toEqual(['failed', 'failed']);
  });

  test('leaves to each call what it found out if the machine was full', async () => {
    const failing = calls(({ record }, index) => void (record.checks[0]!.passed = index > 0));
    const { status, calls: judged } = await judgeLoad(failing, { machine: FULL });
    expect(status).toBe('inconclusive');
    expect(judged.map((call) => call.status)).toEqual(['failed', 'passed', 'passed', 'passed']);
  });

  test('judges a machine that was full all the same if the user tolerates it, and says so', async () => {
    const result = await judgeLoad(calls(), { machine: FULL, saturation: 'tolerate' });
    expect([result.status, result.generator?.verdict]).toEqual(['passed', 'saturated']);
  });

  test('fails a breached threshold if the user tolerates it, though calls noticed it as well', async () => {
    const noticed = calls(({ record, deltas }) => {
      for (const sample of record.host) sample.hostCpuRatio = 0.98;
      for (const delta of deltas['caller']!) delta.lateMs = 400;
    });
    const options = { machine: FULL, thresholds: TOO_STRICT };
    const tolerated = await judgeLoad(noticed, { ...options, saturation: 'tolerate' });
    expect([tolerated.status, tolerated.thresholds[0]?.status]).toEqual(['failed', 'failed']);
    const excused = await judgeLoad(noticed, options);
    expect([excused.status, excused.thresholds[0]?.status]).toEqual(['inconclusive', 'inconclusive']);
  });

  test('takes no account of the time in which browsers launch', async () => {
    const { record } = recordedCall();
    const connected = Object.values(record.peers).map(
      ({ marks, clock }) => marks.connected! - clock!.offsetMs - record.startMs,
    );
    const connectedMs = Math.min(...connected);
    const launching = machine((sinceStartMs) => ({ busyRatio: sinceStartMs < connectedMs ? 1 : 0.4 }));
    const result = await judgeLoad(calls(), { machine: launching });
    expect([result.status, result.generator?.cpuOver90Ratio]).toEqual(['passed', 0]);
  });

  test('counts from the first call on if nobody ever was connected', async () => {
    const unconnected = calls(({ record }) => {
      for (const peer of Object.values(record.peers)) delete peer.marks.connected;
    });
    const { generator } = await judgeLoad(unconnected, { machine: FULL });
    expect(generator).toMatchObject({ fromMs: recordedCall().record.startMs, verdict: 'saturated' });
  });

  test('is inconclusive if timers of pages were late', async () => {
    const late = calls(({ deltas }) => {
      for (const delta of deltas['caller']!) delta.lateMs = 400;
    });
    const result = await judgeLoad(late, { machine: IDLE });
    expect(result.generator?.reasons).toEqual([
      "timers in the browsers' pages were 400 ms late at the 95th percentile",
    ]);
    expect(result.status).toBe('inconclusive');
  });

  test('is inconclusive if cameras gave too few frames, unless the scenario asks for that', async () => {
    const slow = () =>
      calls(({ record }) => void (record.peers['caller']!.source = { kind: 'x', frameRate: 50 }));
    const result = await judgeLoad(slow(), { machine: IDLE });
    expect(result.generator?.reasons[0]).toMatch(/^cameras gave \d+ % of their frame rate$/);
    expect(result.status).toBe('inconclusive');
    const asked = await judgeLoad(slow(), { machine: IDLE, asksFor: ['low-frame-rate'] });
    expect([asked.status, asked.generator?.verdict]).toEqual(['passed', 'held']);
  });

  test('says that nobody knows if nobody watched the machine', async () => {
    const { status, generator } = await judgeLoad(calls(), {});
    expect(status).toBe('passed');
    expect(generator).toMatchObject({ verdict: 'unknown' });
    expect(generator?.unknown).toContain("the machine's CPU");
    expect(generator?.cpuMeanRatio).toBeUndefined();
  });
});

test('judge() says nothing of the machine if there was no load: its calls are judged each by itself', async () => {
  const { status, generator } = await judgeCalls([recordedCall()], { machine: FULL });
  expect([status, generator]).toEqual(['passed', undefined]);
});
