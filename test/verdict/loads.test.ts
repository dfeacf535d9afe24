import { expect, test } from 'vitest';
import type { Fault } from '../../harness/call-record.ts';
import type { PlannedLoad } from '../../harness/load/load.ts';
import { judgeCalls, type JudgeCallsOptions } from '../fixtures/judging.ts';
import { recordedCall, type RecordedCall } from '../fixtures/recorded.ts';

const load: PlannedLoad = {
  name: 'steady',
  executor: 'constant-vus',
  vus: 2,
  durationMs: 60_000,
  startTimeMs: 0,
  gracefulStopMs: 30_000,
  tags: { kind: 'burst' },
  cells: ['chrome:firefox'],
};
const FAULT: Fault = {
  phase: 'ice',
  status: 'failed',
  message: 'ICE did not connect',
  code: 'PEER_FAULT',
  details: {},
};

function calls(count: number, change: (call: RecordedCall, index: number) => void = () => {}) {
  return Array.from({ length: count }, (_, index) => {
    const call = recordedCall();
    call.record.id = `steady-${index}`;
    call.record.load = { name: load.name, tags: load.tags };
    change(call, index);
    return call;
  });
}

const judgeLoad = (of: RecordedCall[], options: JudgeCallsOptions = {}) =>
  judgeCalls(of, { load: [load], thresholds: { call_success: ['rate>=0.6'] }, ...options });

test('judge() counts the calls of a load, and what became of them', async () => {
  const course = { loads: { steady: { dropped: 4, mostVus: 2 } }, mostVus: 2 };
  const cutOff = (call: RecordedCall, index: number) => {
    if (index === 2) call.record.interrupted = 'gracefulStop of 30s is over';
  };
  const result = await judgeLoad(calls(3, cutOff), { course });
  expect(result.status).toBe('passed');
  expect(result.headline).toBe('p2p-call: 2 of 3 calls passed, 1 cut off by its load');
  expect(result.load).toEqual([
    {
      name: 'steady',
      executor: 'constant-vus',
      summary: '2 VUs for 1m',
      completed: 2,
      failed: 0,
      iterationMs: { med: expect.any(Number), p95: expect.any(Number) },
      interrupted: 1,
      dropped: 4,
      mostVus: 2,
    },
  ]);
  expect(result.metrics).toMatchObject({
    iterations: { count: 2 },
    iteration_duration_ms: { samples: 2 },
    call_success: { rate: 1, samples: 2 },
    dropped_iterations: { count: 4 },
    vus_max: { value: 2 },
  });
});

test('judge() leaves failed calls of a load to the threshold on call_success', async () => {
  const failing = (call: RecordedCall, index: number) => {
    if (index === 0) call.record.fault = FAULT;
  };
  const some = await judgeLoad(calls(3, failing));
  expect([some.status, some.metrics['call_success']?.rate]).toEqual(['passed', 2 / 3]);
  const none = await judgeLoad(calls(3, failing), { thresholds: { call_success: ['rate==1'] } });
  expect(none.status).toBe('failed');
  expect(none.headline).toContain('call_success');
});

test('judge() is inconclusive if a load cut every call off', async () => {
  const all = calls(2, ({ record }) => void (record.interrupted = 'gracefulStop of 30s is over'));
  const result = await judgeLoad(all, { thresholds: {} });
  expect(result.status).toBe('inconclusive');
  expect(result.reasons.map(({ message }) => message)).toEqual([
    'load steady: every call was cut off: 2 of 2',
  ]);
});

test('judge() is inconclusive if no call of one of the loads began', async () => {
  const other = { ...load, name: 'late' };
  const result = await judgeLoad(calls(1), { load: [load, other] });
  expect(result.status).toBe('inconclusive');
  expect(result.reasons.map(({ message }) => message)).toEqual(['load late: no call began']);
});

test('judge() finds a failed check in a call that was cut off', async () => {
  const failing = calls(2, ({ record }, index) => {
    if (index > 0) return;
    record.interrupted = 'gracefulStop of 30s is over';
    record.checks[0]!.passed = false;
  });
  const result = await judgeLoad(failing, { thresholds: { call_success: ['rate==1'] } });
  expect(result.status).toBe('failed');
});

test('samples of a load carry its tags', async () => {
  const result = await judgeLoad(calls(2), { thresholds: { 'iterations{load:steady}': ['count>=2'] } });
  expect(result.thresholds).toMatchObject([{ status: 'passed', actual: 2 }]);
});

const CROSSED = { metric: 'call_success', expression: 'rate>0.6', actual: 0.5 };

test('judge() fails a run that a threshold stopped, though it holds again with the calls that were cut off', async () => {
  const result = await judgeLoad(calls(3), { thresholds: { call_success: ['rate>0.6'] }, crossed: CROSSED });
  expect(result).toMatchObject({ status: 'failed', exitCode: 99 });
  expect(result.headline).toContain('call_success was 0.5 when it stopped the run, expected rate>0.6');
});

test('judge() names a threshold that stopped the run once if it is breached at the end too', async () => {
  const failing = calls(2, ({ record }) => void (record.fault = FAULT));
  const result = await judgeLoad(failing, {
    thresholds: { call_success: ['rate>0.6'] },
    crossed: CROSSED,
  });
  expect(result.status).toBe('failed');
  expect(result.reasons.map(({ message }) => message)).toEqual([
    'call_success was 0 over 2 samples, expected rate>0.6',
  ]);
});
