import { expect, test } from 'vitest';
import type { RunGate } from '../../harness/fleet/run-plan.ts';
import type { PlannedLoad } from '../../harness/load/load.ts';
import type { Crossed } from '../../harness/verdict/live-gate.ts';
import { runFake, type Script } from './a-run.ts';

const CELL = 'chrome:firefox';
const TWO_VUS: PlannedLoad = {
  name: 'steady',
  executor: 'constant-vus',
  vus: 2,
  durationMs: 3_600_000,
  startTimeMs: 0,
  gracefulStopMs: 3_600_000,
  tags: {},
  cells: [CELL],
};
const CROSSED: Crossed = { metric: 'call_success', expression: 'rate==1', actual: 0 };

/** The first call ends at once; the others would go on for an hour. */
function oneShort(): Script {
  let begun = 0;
  return async ({ hold }) => {
    if (++begun > 1) await hold('1h');
  };
}

const stopped = (gate: RunGate, script: Script) =>
  runFake({ script, load: [TWO_VUS], calls: [CELL], options: { durationMs: 3_600_000 }, gate });

test('runPlan() cuts off the calls of a load when a threshold stops the run after one of them', async () => {
  const gate: RunGate = { after: () => Promise.resolve(CROSSED), now: () => undefined };
  await using run = await stopped(gate, oneShort());
  const ends = Object.values(run.records).map(({ interrupted }) => interrupted);
  expect(ends).toHaveLength(2);
  expect(ends.filter((why) => why === 'call_success stopped the run (abortOnFail)')).toHaveLength(1);
  expect(run.events.filter(({ type }) => type === 'threshold-crossed')).toMatchObject([CROSSED]);
});

test('runPlan() asks between calls of a load too whether a threshold stops the run', async () => {
  const gate: RunGate = { after: () => Promise.resolve(undefined), now: () => CROSSED };
  await using run = await stopped(gate, ({ hold }) => hold('1h').then(() => {}));
  const ends = Object.values(run.records).map(({ interrupted }) => interrupted);
  expect(ends).toEqual(Array.from({ length: 2 }, () => 'call_success stopped the run (abortOnFail)'));
  expect(run.host.open).toBe(0);
});

test('runPlan() lets the calls of a load that are under way come to their end with --bail', async () => {
  const failing: Script = async ({ check, hold }) => {
    check({ name: 'holds', passed: false, expected: 'yes', actual: 'no' });
    await hold('10ms');
  };
  await using run = await runFake({
    script: failing,
    load: [TWO_VUS],
    calls: [CELL],
    options: { bail: true },
  });
  const records = Object.values(run.records);
  expect(records.length).toBeGreaterThanOrEqual(1);
  expect(records.every(({ interrupted }) => interrupted === undefined)).toBe(true);
  expect(run.events.filter(({ type }) => type === 'warning')).toHaveLength(1);
});
