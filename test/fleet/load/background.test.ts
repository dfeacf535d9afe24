import { expect, test } from 'vitest';
import { runLoads, type Background } from '../../../harness/fleet/load/run-loads.ts';
import type { PlannedLoad } from '../../../harness/load/load.ts';
import type { PlannedCall } from '../../../harness/plan/plan.ts';
import type { RunEvent } from '../../../harness/store/layout.ts';

const common = { startTimeMs: 0, gracefulStopMs: 30_000, tags: {} };
const BOTS: PlannedLoad = {
  ...common,
  name: 'bots',
  executor: 'constant-vus',
  vus: 3,
  durationMs: 1e9,
  cells: ['bot:bot'],
  background: true,
};
const CALLS: PlannedLoad = {
  ...common,
  name: 'calls',
  executor: 'shared-iterations',
  vus: 1,
  iterations: 2,
  maxDurationMs: 1e9,
  cells: ['chrome:chrome'],
};

/** Plays both loads, and tells what happened in its order. */
async function play(
  ofBots: (call: PlannedCall, background: Background) => Promise<void>,
  signal = new AbortController().signal,
): Promise<{ course: string[]; events: RunEvent[] }> {
  const course: string[] = [];
  const events: RunEvent[] = [];
  await runLoads({
    loads: [CALLS, BOTS],
    emit: (event) => events.push(event),
    signal,
    run: async (call, _, background) => {
      course.push(`${call.load} begins`);
      if (background) await ofBots(call, background);
      course.push(`${call.load} ends`);
    },
  });
  return { course, events };
}

const until = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

const MEASURED = ['calls begins', 'calls ends', 'calls begins', 'calls ends'];
const THREE = (what: string) => [`bots ${what}`, `bots ${what}`, `bots ${what}`];

test('runLoads() begins what is measured when every call in the background holds, and ends these after it', async () => {
  const { course } = await play(async (_, background) => {
    background.onHold();
    await until(background.until);
  });
  expect(course).toEqual([...THREE('begins'), ...MEASURED, ...THREE('ends')]);
});

test('runLoads() waits for no call in the background that broke before it held, and puts another in its place', async () => {
  const { course } = await play(async ({ iteration }, background) => {
    if (iteration === 0) return;
    background.onHold();
    await until(background.until);
  });
  expect(course.filter((what) => what === 'bots begins')).toHaveLength(4);
  expect(course.filter((what) => what.startsWith('calls'))).toEqual(MEASURED);
});

test('runLoads() ends calls in the background if the run is stopped while they hold', async () => {
  const stop = new AbortController();
  const { course } = await play(async (_, background) => {
    stop.abort();
    background.onHold();
    await until(background.until);
  }, stop.signal);
  expect(course.filter((what) => what.startsWith('calls'))).toEqual([]);
  expect(course.filter((what) => what === 'bots ends')).not.toEqual([]);
});
