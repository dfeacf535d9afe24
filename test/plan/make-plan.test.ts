import { expect, test } from 'vitest';
import type { Problem } from '../../harness/errors.ts';
import { makePlan, runIdOf, type PlanInput } from '../../harness/plan/make-plan.ts';
import { aPlan } from '../store/a-run.ts';
import { anInput } from './an-input.ts';

function problemsOf(changes: Partial<PlanInput>): Problem[] {
  const problems: Problem[] = [];
  expect(makePlan(anInput(changes), problems)).toBeUndefined();
  return problems;
}

test('makePlan() has every cell take its turn, iteration after iteration', () => {
  const plan = makePlan(anInput({ options: { ...aPlan().options, iterations: 2 } }), []);
  expect(plan?.calls.slice(0, 4)).toEqual([
    { id: '001-chrome-chrome', cell: 'chrome:chrome', vu: 1, iteration: 0 },
    { id: '002-chrome-firefox', cell: 'chrome:firefox', vu: 1, iteration: 0 },
    { id: '003-firefox-chrome', cell: 'firefox:chrome', vu: 1, iteration: 0 },
    { id: '004-firefox-firefox', cell: 'firefox:firefox', vu: 1, iteration: 0 },
  ]);
});

test('makePlan() gives the same plan for the same input, in JSON too', () => {
  const plan = makePlan(anInput(), []);
  expect(makePlan(anInput(), [])).toEqual(plan);
  expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
});

test('makePlan() leaves out browsers that no cell needs', () => {
  const plan = makePlan(anInput({ only: ['chrome:chrome'] }), []);
  expect(plan?.browsers.map((browser) => browser.name)).toEqual(['chrome']);
});

test('makePlan() tells the cells there are if --only means none', () => {
  expect(problemsOf({ only: ['safari', 'chrome:*', 'edge:*'] })).toEqual([
    expect.objectContaining({
      path: '--only',
      got: '"safari"',
      hint: expect.stringContaining('chrome:firefox'),
    }),
    expect.objectContaining({ path: '--only', got: '"edge:*"' }),
  ]);
});

test('makePlan() names the nearest browser if a pair names one that is not there', () => {
  expect(problemsOf({ matrix: [{ caller: 'chrom', callee: 'firefox' }] })).toEqual([
    expect.objectContaining({ path: 'pairs', got: '"chrom"', hint: 'did you mean chrome?' }),
  ]);
});

test('makePlan() has a problem if there is no browser', () => {
  expect(problemsOf({ browsers: [] })).toHaveLength(1);
});

test('runIdOf() sorts by time and is a good name for a folder', () => {
  expect(runIdOf('p2p-call', '2030-01-02T03:04:05.678Z', 'a1b2c3')).toBe('20300102T030405Z-p2p-call-a1b2c3');
});
