import { expect, test } from 'vitest';
import { runLoads } from '../../../harness/fleet/load/run-loads.ts';
import type { PlannedLoad } from '../../../harness/load/load.ts';
import type { PlannedCall } from '../../../harness/plan/plan.ts';
import type { RunEvent } from '../../../harness/store/layout.ts';

const aLoad = (name: string, cells: string[]): PlannedLoad => ({
  name,
  executor: 'shared-iterations',
  vus: 1,
  iterations: 3,
  maxDurationMs: 60_000,
  startTimeMs: 0,
  gracefulStopMs: 0,
  tags: {},
  cells,
});

async function run(loads: PlannedLoad[]) {
  const calls: PlannedCall[] = [];
  const events: RunEvent[] = [];
  await runLoads({
    loads,
    run: async (call) => void calls.push(call),
    emit: (event) => void events.push(event),
    signal: new AbortController().signal,
  });
  return { calls, events };
}

test('runLoads() takes the cells in turn', async () => {
  const { calls } = await run([aLoad('steady', ['chrome:firefox', 'firefox:chrome/vp8'])]);
  expect(calls).toEqual([
    { id: 'steady-00001-chrome-firefox', cell: 'chrome:firefox', vu: 1, iteration: 0, load: 'steady' },
    {
      id: 'steady-00002-firefox-chrome-vp8',
      cell: 'firefox:chrome/vp8',
      vu: 1,
      iteration: 1,
      load: 'steady',
    },
    { id: 'steady-00003-chrome-firefox', cell: 'chrome:firefox', vu: 1, iteration: 2, load: 'steady' },
  ]);
});

test('runLoads() plays loads side by side, with VUs of their own, and tells of each', async () => {
  const { calls, events } = await run([aLoad('one', ['chrome:chrome']), aLoad('two', ['chrome:chrome'])]);
  expect(calls.slice(0, 2).map(({ load }) => load)).toEqual(['one', 'two']);
  expect(new Set(calls.map(({ load, vu }) => `${load} ${vu}`))).toEqual(new Set(['one 1', 'two 2']));
  const ofVus = events.flatMap((event) => (event.type === 'vus' ? [`${event.load} ${event.vus}`] : []));
  expect(ofVus.toSorted()).toEqual(['one 0', 'one 1', 'two 0', 'two 1']);
});

test('runLoads() leaves out a load none of whose cells can be tried here', async () => {
  const { calls } = await run([aLoad('none', [])]);
  expect(calls).toEqual([]);
});
