import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { BrowserError } from '../../harness/errors.ts';
import { GridBrowsers, type GridBrowsersOptions } from '../../harness/grid/grid-browsers.ts';
import { GridClient } from '../../harness/grid/grid-client.ts';
import { AsyncStack } from '../../harness/lifecycle/async-stack.ts';
import type { RunEvent } from '../../harness/store/layout.ts';
import { type Answer, openFakeGrid, statusOf } from '../helpers/fake-grid.ts';

const NO_ABORT = new AbortController().signal;
const REFUSAL = { status: 500, value: { error: 'session not created', message: 'out of slots' } };

/** The browsers of a run, on a Grid that answers so. */
async function aRun(answer: Answer, changes: Partial<GridBrowsersOptions> = {}) {
  await using stack = new AsyncStack();
  const grid = stack.use(await openFakeGrid(answer));
  const events: RunEvent[] = [];
  const browsers = stack.use(
    new GridBrowsers({
      client: new GridClient({ url: grid.url }),
      browsers: [{ name: 'chrome', kind: 'chromium', driver: 'puppeteer', source: 'grid' }],
      options: { headed: false, mdns: false },
      isFresh: true,
      peersPerSession: 1,
      slots: 2,
      devtools: false,
      trustedSpki: [],
      emit: (event) => events.push(event),
      ...changes,
    }),
  );
  const owned = stack.move();
  return {
    grid,
    browsers,
    events,
    lines: () => grid.requests.map(({ line }) => line),
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}

const ask = (call: string, signal = NO_ABORT) => ({ browser: 'chrome', call, signal });

/** A Grid that gives sessions, whose sockets it does not serve. */
const withoutSocket =
  (capabilities: Record<string, string>): Answer =>
  (line) => {
    if (line === 'POST /session')
      return { value: { sessionId: 's1', capabilities: { browserName: 'chrome', ...capabilities } } };
    return { value: line === 'GET /status' ? statusOf([]) : null };
  };

describe('GridBrowsers.board()', () => {
  test("rejects in the Grid's words if it gives no session, and asks again for the next", async () => {
    await using run = await aRun(() => REFUSAL);
    for (const call of ['001', '002']) {
      const boarded = run.browsers.board(ask(call));
      await expect(boarded).rejects.toBeInstanceOf(BrowserError);
      await expect(boarded).rejects.toThrow('out of slots');
    }
    expect(run.lines()).toEqual(['POST /session', 'POST /session']);
    expect(run.grid.requests[0]?.body).toMatchObject({
      capabilities: { alwaysMatch: { browserName: 'chrome', 'se:name': '001' } },
    });
    expect(run.events.map(({ type }) => type)).toEqual(['browser-launching', 'browser-launching']);
  });

  test('asks for browsers with the flags of what peers send', async () => {
    await using run = await aRun(() => REFUSAL, { media: 'light' });
    await expect(run.browsers.board(ask('001'))).rejects.toThrow('out of slots');
    expect(JSON.stringify(run.grid.requests[0]?.body)).toContain('--process-per-site');
  });

  test('ends a session that no driver can attach to', async () => {
    await using run = await aRun(withoutSocket({ webSocketUrl: 'ws://127.0.0.1:1/session/s1/se/bidi' }));
    await expect(run.browsers.board(ask('001'))).rejects.toMatchObject({
      code: 'BROWSER_NOT_ATTACHED',
      details: { phase: 'launch' },
    });
    expect(run.lines()).toContain('DELETE /session/s1');
  });

  test.for([
    [false, 'WebDriver BiDi'],
    [true, 'DevTools protocol'],
  ] as const)('rejects if the Grid offers no socket; devtools: %s', async ([devtools, said]) => {
    await using run = await aRun(withoutSocket({}), { devtools });
    await expect(run.browsers.board(ask('001'))).rejects.toMatchObject({
      code: 'GRID_NO_PROTOCOL',
      message: expect.stringContaining(said) as string,
    });
    expect(run.lines()).toContain('DELETE /session/s1');
  });

  test('rejects at once with the reason of who stopped the call, also while it waits for a slot', async () => {
    await using run = await aRun(() => undefined, { slots: 1 });
    const stop = new AbortController();
    const first = run.browsers.board(ask('001', stop.signal));
    const second = run.browsers.board(ask('002', stop.signal));
    stop.abort(new Error('SIGINT'));
    await expect(first).rejects.toThrow('SIGINT');
    await expect(second).rejects.toThrow('SIGINT');
  });

  test('asks for one session for all who share it', async () => {
    await using run = await aRun(() => REFUSAL, { isFresh: false, peersPerSession: Infinity });
    const boarded = [run.browsers.board(ask('001')), run.browsers.board(ask('001'))];
    expect((await Promise.allSettled(boarded)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(run.lines()).toEqual(['POST /session']);
  });

  test('asks for another one once a session is full', async () => {
    await using run = await aRun(() => REFUSAL, { isFresh: false, peersPerSession: 2 });
    await Promise.allSettled(['001', '001', '002'].map((call) => run.browsers.board(ask(call))));
    expect(run.lines()).toEqual(['POST /session', 'POST /session']);
  });
});

test('GridBrowsers ends with the run, also while the Grid keeps it waiting', async () => {
  const bell = new EventTarget();
  const rung = once(bell, 'asked');
  const run = await aRun(() => void bell.dispatchEvent(new Event('asked')));
  const boarded = run.browsers.board(ask('001'));
  boarded.catch(() => {});
  await rung;
  await run[Symbol.asyncDispose]();
  await expect(boarded).rejects.toThrow('the run is over');
});
