import { expect, test } from 'vitest';
import type { Fault } from '../../harness/call-record.ts';
import type { PlannedLoad } from '../../harness/load/load.ts';
import { judgeCalls } from '../fixtures/judging.ts';
import { recordedCall, type RecordedCall } from '../fixtures/recorded.ts';

const aLoad = (name: string): PlannedLoad => ({
  name,
  executor: 'constant-vus',
  vus: 2,
  durationMs: 60_000,
  startTimeMs: 0,
  gracefulStopMs: 30_000,
  tags: { crowd: name },
  cells: ['chrome:firefox'],
});

type Change = (call: RecordedCall) => void;
const fault = (status: Fault['status'], script?: true): Change => {
  const phase = script ? ('script' as const) : ('agent' as const);
  const rest = { status, message: 'it broke', code: 'BROKE', details: {}, ...(script && { script }) };
  return ({ record }) => void (record.fault = { phase, ...rest });
};
const blind: Change = ({ record }) => {
  for (const check of record.checks) delete check.passed;
};
const failed: Change = ({ record }) => void (record.checks[0]!.passed = false);

/** The verdict over ten calls of each load, the first of which are changed. */
async function judgeLoads(changes: Record<string, Change[]>, thresholds: Record<string, string[]>) {
  const loads = Object.keys(changes).map(aLoad);
  const calls = loads.flatMap(({ name, tags }) =>
    Array.from({ length: 10 }, (_, index) => {
      const call = recordedCall();
      call.record.id = `${name}-${index}`;
      call.record.load = { name, tags };
      changes[name]![index]?.(call);
      return call;
    }),
  );
  return await judgeCalls(calls, { load: loads, thresholds });
}

test.for<[string, Change, string]>([
  ['had no evidence', blind, 'rate>=0.9'],
  ['lost its browser', fault('errored'), 'rate>=0.9'],
])(
  'judge() passes a load in which a call %s if call_success would hold had it failed',
  async ([, change, gate]) => {
    const result = await judgeLoads({ one: [change] }, { call_success: [gate] });
    expect(result).toMatchObject({ status: 'passed', exitCode: 0, cells: [{ status: 'passed' }] });
    expect(result.metrics['call_success']).toMatchObject({ rate: 1, samples: 9 });
  },
);

test.for<[string, Change]>([
  ['inconclusive', blind],
  ['errored', fault('errored')],
])(
  'judge() is %s about a load with such a call if call_success would not hold had it failed',
  async ([status, change]) => {
    const result = await judgeLoads({ one: [change] }, { call_success: ['rate>0.9'] });
    expect(result.status).toBe(status);
  },
);

test('judge() counts what the scenario itself threw in a load, whatever call_success says', async () => {
  const result = await judgeLoads({ one: [fault('errored', true)] }, { call_success: ['rate>0.1'] });
  expect(result).toMatchObject({ status: 'errored', exitCode: 107 });
});

test('judge() counts a failed call of a load that no threshold on call_success speaks of', async () => {
  const gates = { 'call_success{load:one}': ['rate>0.5'], connect_ms: ['max<60000'] };
  expect((await judgeLoads({ one: [failed], two: [] }, gates)).status).toBe('passed');
  const other = await judgeLoads({ one: [], two: [failed] }, gates);
  expect(other.status).toBe('failed');
  expect(other.reasons.map(({ status }) => status)).toEqual(['failed']);
});

test('judge() holds each load to the threshold of its tags', async () => {
  const gates = { 'call_success{crowd:one}': ['rate==1'], 'call_success{crowd:two}': ['rate>0.5'] };
  expect((await judgeLoads({ one: [], two: [failed] }, gates)).status).toBe('passed');
  expect((await judgeLoads({ one: [failed], two: [] }, gates)).status).toBe('failed');
});
