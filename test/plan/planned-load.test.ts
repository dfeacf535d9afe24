import { expect, test } from 'vitest';
import type { Problem } from '../../harness/errors.ts';
import type { PlannedLoad } from '../../harness/load/load.ts';
import { makePlan, type PlanInput } from '../../harness/plan/make-plan.ts';
import { anInput } from './an-input.ts';

const aLoad = (cells: string[] = [], name = 'steady'): PlannedLoad => ({
  name,
  executor: 'constant-vus',
  vus: 2,
  durationMs: 60_000,
  startTimeMs: 0,
  gracefulStopMs: 30_000,
  tags: {},
  cells,
});

const cellsOf = (load: PlannedLoad[], changes: Partial<PlanInput> = {}) =>
  makePlan(anInput({ load, ...changes }), [])?.load?.map(({ cells }) => cells);

const EVERY_CALL = { expression: 'rate==1', aggregation: 'rate', operator: '==', limit: 1 } as const;

test('makePlan() has a load take every cell in turn, and plans no calls', () => {
  const plan = makePlan(anInput({ load: [aLoad()] }), []);
  expect(plan?.load?.[0]?.cells).toEqual([
    'chrome:chrome',
    'chrome:firefox',
    'firefox:chrome',
    'firefox:firefox',
  ]);
  expect(plan?.calls).toEqual([]);
  expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
});

test('makePlan() gives each load the cells that its patterns mean, of those that --only leaves', () => {
  expect(cellsOf([aLoad(['chrome:*'], 'one'), aLoad(['firefox:firefox'], 'two')])).toEqual([
    ['chrome:chrome', 'chrome:firefox'],
    ['firefox:firefox'],
  ]);
  expect(cellsOf([aLoad(['chrome:*'])], { only: ['firefox'] })).toEqual([['chrome:firefox']]);
});

test('makePlan() tells of every pattern of a load that means no cell, and which cells there are', () => {
  const problems: Problem[] = [];
  const load = [aLoad(['safari', 'chrome:*']), aLoad(['edge'], 'late')];
  expect(makePlan(anInput({ load }), problems)).toBeUndefined();
  expect(problems.map(({ path, got }) => [path, got])).toEqual([
    ['load.steady.cells', '"safari"'],
    ['load.late.cells', '"edge"'],
  ]);
  expect(problems[0]!.hint).toContain('chrome:firefox');
});

test('makePlan() leaves cells that cannot be tried here out of every load', () => {
  const scenario = { ...anInput().scenario, levels: ['lab'] as const };
  const plan = makePlan(anInput({ scenario, load: [aLoad(['chrome:*'])] }), []);
  expect(plan?.cells.every(({ unsupported }) => unsupported !== undefined)).toBe(true);
  expect(plan?.load?.[0]?.cells).toEqual([]);
});

test('makePlan() wants every call of a load to pass unless a threshold on call_success says otherwise', () => {
  const thresholdsOf = (thresholds: PlanInput['thresholds'], load = [aLoad()]) =>
    makePlan(anInput({ load, thresholds }), [])?.thresholds;
  const most = [{ ...EVERY_CALL, expression: 'rate>0.9', operator: '>', limit: 0.9 }] as const;
  expect(thresholdsOf({})).toEqual({ call_success: [EVERY_CALL] });
  expect(thresholdsOf({ call_success: [...most] })).toEqual({ call_success: most });
  expect(thresholdsOf({ 'call_success{load:steady}': [...most] })).toEqual({
    'call_success{load:steady}': most,
  });
  expect(thresholdsOf({}, [])).toEqual({});
});
