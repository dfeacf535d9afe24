import { expect, test } from 'vitest';
import type { PlannedBot } from '../../harness/plan/bots.ts';
import { makePlan, type PlanInput } from '../../harness/plan/make-plan.ts';
import { anInput } from './an-input.ts';

const BOTS: PlannedBot[] = [
  { name: 'bot', package: 'node-datachannel', version: '0.33.4' },
  { name: 'wrtc', package: '@roamhq/wrtc' },
];
const pair = (caller: string, callee: string) => ({ caller, callee });
const planOf = (changes: Partial<PlanInput>) => makePlan(anInput({ bots: BOTS, ...changes }), [])!;

test('makePlan() takes bots in pairs, and names those it needs beside the browsers', () => {
  const plan = planOf({ matrix: [pair('chrome', 'bot')] });
  expect(plan.cells).toMatchObject([{ id: 'chrome:bot' }]);
  expect(plan.cells[0]).not.toHaveProperty('unsupported');
  expect(plan.browsers.map(({ name }) => name)).toEqual(['chrome']);
  expect(plan.bots).toEqual([BOTS[0]]);
});

test('makePlan() has bots take every role in turn if they are named beside the browsers', () => {
  const chrome = anInput().browsers.slice(0, 1);
  const plan = planOf({ browsers: chrome, botsInMatrix: ['bot'] });
  expect(plan.cells.map(({ id }) => id)).toEqual(['chrome:chrome', 'chrome:bot', 'bot:chrome', 'bot:bot']);
});

test('makePlan() says how to get an engine that is not installed', () => {
  const plan = planOf({ matrix: [pair('wrtc', 'chrome')] });
  expect(plan.cells[0]).toMatchObject({ unsupported: 'wrtc is not installed: npm install @roamhq/wrtc' });
});

test('makePlan() says that a bot has no page if a role needs what a page is asked for', () => {
  const scenario = { ...anInput().scenario, needs: ['codec:video/AV1'] as const };
  const plan = planOf({ scenario, matrix: [pair('chrome', 'bot')] });
  expect(plan.cells[0]?.unsupported).toMatch(/^callee is a bot, which has no /);
});

test('makePlan() puts a background of bots beside what is measured', () => {
  const plan = planOf({ botCount: 100, only: ['chrome:firefox'] });
  expect(plan.cells.map(({ id }) => id)).toEqual(['chrome:firefox', 'bot:bot']);
  expect(plan.calls).toEqual([]);
  expect(plan.load).toMatchObject([
    { name: 'calls', executor: 'shared-iterations', vus: 1, iterations: 1, cells: ['chrome:firefox'] },
    { name: 'bots', executor: 'constant-vus', vus: 50, cells: ['bot:bot'], background: true },
  ]);
});

test('makePlan() keeps the load that was asked for, and keeps it from the bots', () => {
  const own = {
    name: 'default',
    executor: 'constant-vus' as const,
    vus: 2,
    durationMs: 1000,
    startTimeMs: 0,
    gracefulStopMs: 0,
    tags: {},
    cells: [],
  };
  const plan = planOf({ botCount: 3, load: [own], only: ['chrome:chrome'] });
  expect(plan.load).toMatchObject([
    { name: 'default', cells: ['chrome:chrome'] },
    { name: 'bots', vus: 2, cells: ['bot:bot'] },
  ]);
});

test('makePlan() has bots alone make the calls there shall be', () => {
  const plan = planOf({ browsers: [], botCount: 100 });
  expect(plan.load).toMatchObject([{ name: 'bots', executor: 'per-vu-iterations', vus: 50, iterations: 1 }]);
  expect(plan.load?.[0]).not.toHaveProperty('background');
});
