import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import type { PlannedLoad } from '../../harness/load/load.ts';
import { runFake } from './a-run.ts';

const CELL = 'chrome:firefox';
const LOAD: PlannedLoad = {
  name: 'steady',
  executor: 'per-vu-iterations',
  vus: 20,
  iterations: 2,
  maxDurationMs: 3_600_000,
  startTimeMs: 0,
  gracefulStopMs: 0,
  tags: {},
  cells: [CELL],
};
const BEHIND: PlannedLoad = {
  name: 'behind',
  executor: 'constant-vus',
  vus: 20,
  durationMs: 3_600_000,
  startTimeMs: 0,
  gracefulStopMs: 3_600_000,
  tags: {},
  cells: [CELL],
  background: true,
};

test('runPlan() holds forty calls at a time without a warning, and leaves no listener on the signal of the run', async () => {
  const warnings: string[] = [];
  const onWarning = ({ message }: Error) => void warnings.push(message);
  process.on('warning', onWarning);
  const { signal } = new AbortController();
  const options = { durationMs: 10, callTimeoutMs: 170_000 };
  await using run = await runFake({
    script: ({ hold }) => hold().then(() => {}),
    calls: [CELL],
    load: [LOAD, BEHIND],
    options,
    signal,
  });
  process.off('warning', onWarning);
  const ofLoad = Object.values(run.records).filter(({ load }) => load?.name === 'steady');
  expect(ofLoad).toHaveLength(40);
  expect(ofLoad.filter(({ fault }) => fault)).toEqual([]);
  expect(warnings).toEqual([]);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});
