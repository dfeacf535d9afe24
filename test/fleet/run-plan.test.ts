import { expect, test } from 'vitest';
import type { CallRecord } from '../../harness/call-record.ts';
import type { Fact } from '../../harness/scenario/scenario.ts';
import { order, runFake, type Script } from './a-run.ts';

const nothing: Script = async () => {};
const fact = (passed: boolean | undefined): Fact => ({
  name: 'it holds',
  passed,
  expected: 'yes',
  actual: '?',
});
const CELL = 'chrome:firefox';

/** Throws in the nth call, from 0. */
const breakingIn = (nth: number): Script => {
  let played = 0;
  return async () => {
    if (played++ === nth) throw new Error('broken');
  };
};

/** Resolves for all when so many are waiting. */
function barrier(count: number): () => Promise<void> {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return () => {
    if (--count === 0) open();
    return opened;
  };
}

test('runPlan() runs iterations one after another, and cells too', async () => {
  const calls = [CELL, CELL, 'firefox:chrome'];
  await using run = await runFake({ script: async ({ hold }) => void (await hold()), calls });
  expect(order(run.events)).toEqual([
    'call-started 1',
    'call-ended 1',
    'call-started 2',
    'call-ended 2',
    'call-started 3',
    'call-ended 3',
  ]);
  expect(Object.values(run.records).map(({ cell, iteration }) => [cell, iteration])).toEqual([
    [CELL, 0],
    [CELL, 1],
    ['firefox:chrome', 0],
  ]);
  expect(run.records['3']!.peers['caller']!.browser).toBe('firefox');
});

test('runPlan() tells of each call its place in the plan', async () => {
  await using run = await runFake({ script: nothing, calls: [CELL, 'firefox:chrome'] });
  const started = run.events.filter(({ type }) => type === 'call-started');
  expect(started).toMatchObject([
    { call: '1', cell: CELL, index: 0, of: 2 },
    { call: '2', cell: 'firefox:chrome', index: 1, of: 2 },
  ]);
});

test('runPlan() runs the VUs of a cell at the same time', async () => {
  // No call ends before all three are there.
  const together = barrier(3);
  await using run = await runFake({ script: together, calls: [`${CELL}/1`, `${CELL}/2`, `${CELL}/3`] });
  expect(Object.keys(run.records)).toEqual(['1', '2', '3']);
  expect(order(run.events).slice(0, 3)).toEqual(['call-started 1', 'call-started 2', 'call-started 3']);
});

test("runPlan() runs one VU's iterations one after another while other VUs go on", async () => {
  const first = barrier(2);
  const second = barrier(2);
  let played = 0;
  let open = 0;
  const script: Script = async () => {
    expect(++open).toBeLessThanOrEqual(2);
    await (played++ < 2 ? first() : second());
    open--;
  };
  const calls = [`${CELL}/1`, `${CELL}/2`, `${CELL}/1`, `${CELL}/2`];
  await using run = await runFake({ script, calls });
  const seen = order(run.events);
  expect(Object.values(run.records).filter(({ fault }) => fault)).toEqual([]);
  expect(seen.indexOf('call-started 3')).toBeGreaterThan(seen.indexOf('call-ended 1'));
  expect(seen.indexOf('call-started 4')).toBeGreaterThan(seen.indexOf('call-ended 2'));
});

test('runPlan() begins a cell when all VUs of the one before have ended', async () => {
  const calls = [`${CELL}/1`, `${CELL}/2`, 'firefox:chrome/1'];
  await using run = await runFake({ script: async ({ hold }) => void (await hold()), calls });
  const seen = order(run.events);
  expect(seen.slice(-2)).toEqual(['call-started 3', 'call-ended 3']);
});

test('runPlan() has each browser prepared once, before the first call', async () => {
  let calls = 0;
  await using run = await runFake({
    script: nothing,
    calls: [CELL, 'chrome:chrome'],
    prepare: () => {
      expect(calls).toBe(0);
      return Promise.resolve();
    },
    onEvent: () => void calls++,
  });
  expect(run.host.prepared).toEqual(['chrome', 'firefox']);
});

test('runPlan() goes on if browsers cannot be prepared: the call that needs one says so', async () => {
  await using run = await runFake({
    script: nothing,
    prepare: () => Promise.reject(new Error('no browser')),
  });
  expect(Object.keys(run.records)).toEqual(['1']);
});

test('runPlan() records a call that breaks and goes on with the next', async () => {
  await using run = await runFake({ script: breakingIn(0), calls: [CELL, CELL] });
  expect(run.records['1']!.fault).toMatchObject({ code: 'SCRIPT_THREW' });
  expect(run.records['2']).not.toHaveProperty('fault');
});

test('runPlan() goes on with new pages if a peer died', async () => {
  await using run = await runFake({
    script: async ({ hold }) => void (await hold()),
    calls: [CELL, CELL],
    agent: (role, nth) => ({
      answers: {
        observe: (_, agent) => {
          if (role === 'callee' && nth === 0) agent.die();
          return null;
        },
      },
    }),
  });
  expect(run.records['1']!.fault).toMatchObject({ code: 'PEER_GONE', phase: 'agent', role: 'callee' });
  expect(run.records['2']).not.toHaveProperty('fault');
});

test.for<[string, Script]>([
  ['breaks', breakingIn(0)],
  ['fails a check', async ({ check }) => check(fact(false))],
  ['has a check without evidence', async ({ check }) => check(fact(true), fact(undefined))],
])('runPlan() stops with bail if a call %s', async ([, script]) => {
  await using run = await runFake({ script, calls: [CELL, CELL, 'firefox:chrome'], options: { bail: true } });
  expect(Object.keys(run.records)).toEqual(['1']);
  expect(run.events.at(-1)).toMatchObject({
    type: 'warning',
    message: 'stopping: 1 did not pass (--bail)',
  });
});

test('runPlan() goes on with bail while calls pass', async () => {
  const script: Script = async ({ check }) => check(fact(true));
  await using run = await runFake({ script, calls: [CELL, CELL], options: { bail: true } });
  expect(Object.keys(run.records)).toEqual(['1', '2']);
});

test('runPlan() lets the other VUs end their calls with bail, and says once why it stops', async () => {
  const together = barrier(2);
  const script: Script = async ({ check }) => {
    check(fact(false));
    await together();
  };
  const calls = [`${CELL}/1`, `${CELL}/2`, `${CELL}/1`, `${CELL}/2`];
  await using run = await runFake({ script, calls, options: { bail: true } });
  expect(Object.keys(run.records)).toEqual(['1', '2']);
  expect(run.events.filter(({ type }) => type === 'warning')).toHaveLength(1);
});

test('runPlan() asks after each call whether to stop, when its record is on disk, and stops if told why', async () => {
  const asked: string[] = [];
  const crossed = { metric: 'connect_ms', expression: 'max<1', actual: 9 };
  const after = ({ id }: CallRecord) => {
    asked.push(id);
    return Promise.resolve(id === '2' ? crossed : undefined);
  };
  const gate = { after, now: () => undefined };
  await using run = await runFake({ script: nothing, calls: [CELL, CELL, CELL], gate });
  expect(asked).toEqual(['1', '2']);
  expect(Object.keys(run.records)).toEqual(['1', '2']);
  expect(run.events.at(-1)).toMatchObject({ type: 'threshold-crossed', ...crossed });
});

test('runPlan() marks the call that was under way as aborted and begins no other', async () => {
  const stop = new AbortController();
  const script: Script = async ({ hold }) => {
    stop.abort(new Error('SIGINT'));
    await hold('1h');
  };
  await using run = await runFake({ script, calls: [CELL, CELL, 'firefox:chrome'], signal: stop.signal });
  expect(Object.keys(run.records)).toEqual(['1']);
  expect(run.records['1']).toMatchObject({ aborted: 'SIGINT' });
  expect(order(run.events)).toEqual(['call-started 1', 'call-ended 1']);
});

test('runPlan() keeps the records of calls that ended before the abort as they were', async () => {
  const stop = new AbortController();
  let played = 0;
  const script: Script = async ({ hold }) => {
    if (++played < 2) return;
    stop.abort(new Error('SIGINT'));
    await hold('1h');
  };
  await using run = await runFake({ script, calls: [CELL, CELL], signal: stop.signal });
  expect(run.records['1']).not.toHaveProperty('aborted');
  expect(run.records['2']).toMatchObject({ aborted: 'SIGINT' });
});

test('runPlan() begins nothing if the run was stopped before', async () => {
  await using run = await runFake({ script: nothing, signal: AbortSignal.abort(new Error('SIGINT')) });
  expect(run.events).toEqual([]);
  expect(run.records).toEqual({});
});

test('runPlan() rejects with the abort’s reason if browsers were being prepared', async () => {
  const stop = new AbortController();
  const reason = new Error('SIGINT');
  const prepare = () => {
    stop.abort(reason);
    return Promise.reject(reason);
  };
  await expect(runFake({ script: nothing, prepare, signal: stop.signal })).rejects.toBe(reason);
});
