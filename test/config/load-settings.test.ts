import { describe, expect, test } from 'vitest';
import { resolveSettings } from '../../harness/config/settings.ts';
import { renderProblem, type Problem } from '../../harness/errors.ts';
import type { LoadSpec } from '../../harness/load/load.ts';
import { describeLoad } from '../../harness/load/describe.ts';
import type { Scenario } from '../../harness/scenario/scenario.ts';
import { parseBrowserFlag } from '../../harness/setup/find-browsers.mjs';

function resolve(flags: Record<string, unknown>, load?: LoadSpec) {
  const problems: Problem[] = [];
  const scenario: Scenario = {
    name: 'x',
    summary: '.',
    guardsAgainst: '.',
    roles: ['caller', 'callee'],
    duration: '7s',
    ...(load && { load }),
    script: () => Promise.resolve(),
  };
  const input = { flags, config: undefined, scenario, cwd: '/project', seed: 42 };
  const { load: loads, options } = resolveSettings(input, parseBrowserFlag, problems);
  return { loads, options, told: problems.map(renderProblem) };
}

const CONSTANT: LoadSpec = { executor: 'constant-vus', vus: 4, duration: '1m' };

describe('flags make the load that k6 would make of them', () => {
  test.for<[Record<string, unknown>, string]>([
    [{ vus: '8', duration: '2m' }, '8 VUs for 2m'],
    [{ vus: '3', iterations: '9' }, '9 calls shared by 3 VUs'],
    [{ vus: '3' }, '3 calls shared by 3 VUs'],
    [{ executor: 'per-vu-iterations', vus: '2', iterations: '5' }, '5 calls of each of 2 VUs'],
    [{ stage: ['30s:10', '1m:0'] }, 'from 1 VU, to 10 in 30s, to 0 in 1m'],
    [{ stage: ['30s:10'], 'start-vus': '0' }, 'from 0 VUs, to 10 in 30s'],
    [{ rate: '2', duration: '1m' }, '2 calls a second for 1m, at most 24 VUs'],
    [{ rate: '20', 'time-unit': '1m', duration: '5m' }, '20 calls a minute for 5m, at most 4 VUs'],
    [{ rate: '1', stage: ['1m:5'] }, 'from 1 call a second, to 5 in 1m, at most 60 VUs'],
    [
      { rate: '6', 'time-unit': '1m', duration: '1m', 'pre-allocated-vus': '2', 'max-vus': '5' },
      '6 calls a minute for 1m, at most 5 VUs',
    ],
    [
      { rate: '1', stage: ['10s:5'], 'pre-allocated-vus': '9', 'start-time': '5s' },
      'from 1 call a second, to 5 in 10s, at most 9 VUs, from 5s on',
    ],
  ])('%o', ([flags, expected]) => {
    const { loads, told } = resolve(flags);
    expect(told).toEqual([]);
    expect(loads?.map(describeLoad)).toEqual([expected]);
  });

  test('with the times that it and its calls may take to end', () => {
    const flags = { stage: ['30s:10'], 'graceful-stop': '0s', 'ramp-down': '5s' };
    expect(resolve(flags).loads).toMatchObject([{ gracefulStopMs: 0, gracefulRampDownMs: 5000 }]);
  });
});

test('--duration is of calls without a load and of the load with one; --hold is always of calls', () => {
  expect(resolve({ duration: '2s' }).options.durationMs).toBe(2000);
  expect(resolve({ hold: '2s' }).options.durationMs).toBe(2000);
  expect(resolve({ vus: '2', duration: '2m' }).options.durationMs).toBe(7000);
  expect(resolve({ vus: '2', duration: '2m', hold: '3s' }).options.durationMs).toBe(3000);
});

test("the scenario's own load is taken, and flags replace it", () => {
  expect(resolve({}, CONSTANT).loads?.map(describeLoad)).toEqual(['4 VUs for 1m']);
  expect(resolve({ vus: '1', iterations: '2' }, CONSTANT).loads?.map(describeLoad)).toEqual([
    '2 calls shared by 1 VU',
  ]);
});

test('every problem of a load is told at once, by its flag', () => {
  const { told } = resolve({
    executor: 'ramping-vus',
    stage: ['30s', '-5s:3', '5s:-1'],
    'graceful-stop': '5',
  });
  expect(told.map((problem) => problem.split(':')[0])).toEqual([
    '--stage[0]',
    '--stage[1].duration',
    '--stage[2].target',
    '--graceful-stop',
  ]);
  expect(resolve({ vus: '0' }).told).toEqual(['--vus: expected a whole number from 1 on, got 0']);
  expect(resolve({ vus: '0', duration: '1m' }).told).toEqual([
    expect.stringContaining('--vus: expected a whole number from 1 on'),
  ]);
});

test('what says more of a load needs one', () => {
  expect(resolve({ 'max-vus': '3' }).told).toEqual([expect.stringContaining('--max-vus')]);
  expect(resolve({ duration: '5s', iterations: '3' }, CONSTANT).told).toEqual([
    expect.stringContaining('--duration'),
    expect.stringContaining('--iterations'),
  ]);
});
