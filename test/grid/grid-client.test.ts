import { describe, expect, test } from 'vitest';
import { BrowserError, NetworkError } from '../../harness/errors.ts';
import { GridClient } from '../../harness/grid/grid-client.ts';
import { SessionWatchdog } from '../../harness/grid/watch-sessions.ts';
import { type Answer, openFakeGrid, statusOf } from '../helpers/fake-grid.ts';

const NO_ABORT = new AbortController().signal;
const refusal = (error: string, message: string, status = 500) => ({ status, value: { error, message } });

/** A client of a Grid that answers so. */
async function aClient(answer: Answer) {
  const grid = await openFakeGrid(answer);
  const client = new GridClient({ url: grid.url, authorization: 'Basic dTpw' });
  return { grid, client, [Symbol.asyncDispose]: () => grid[Symbol.asyncDispose]() };
}

describe('GridClient.status()', () => {
  test('reads the nodes, and says who asks', async () => {
    await using fake = await aClient(() => ({ value: statusOf([{ slots: [{ browserName: 'chrome' }] }]) }));
    expect((await fake.client.status()).nodes).toHaveLength(1);
    expect(fake.grid.requests).toEqual([
      { line: 'GET /status', authorization: 'Basic dTpw', body: undefined },
    ]);
  });

  test.for([
    [401, undefined, 'GRID_UNAUTHORIZED'],
    [200, { ready: true }, 'GRID_UNREACHABLE'],
    [404, undefined, 'GRID_UNREACHABLE'],
  ] as const)('rejects with NetworkError if the answer is %s %o', async ([status, value, code]) => {
    await using fake = await aClient(() => ({ status, value }));
    const asked = fake.client.status();
    await expect(asked).rejects.toBeInstanceOf(NetworkError);
    await expect(asked).rejects.toMatchObject({ code });
  });

  test('rejects with NetworkError if nobody listens, and says what was tried', async () => {
    const fake = await aClient(() => undefined);
    await fake[Symbol.asyncDispose]();
    await expect(fake.client.status()).rejects.toMatchObject({
      code: 'GRID_UNREACHABLE',
      message: expect.stringMatching(/at http:\/\/127.*GET \/status.*ECONNREFUSED/) as string,
    });
  });

  test('rejects with the reason of who stopped it', async () => {
    await using fake = await aClient(() => undefined);
    const stop = new AbortController();
    const asked = fake.client.status(stop.signal);
    stop.abort(new Error('SIGINT'));
    await expect(asked).rejects.toThrow('SIGINT');
  });
});

describe('GridClient.open()', () => {
  test('asks for all capabilities at once, and takes the session', async () => {
    const value = { sessionId: 's1', capabilities: { browserName: 'chrome', 'se:cdp': 'ws://x/1' } };
    await using fake = await aClient(() => ({ value }));
    expect(await fake.client.open({ browserName: 'chrome' }, NO_ABORT)).toEqual(value);
    expect(fake.grid.requests[0]).toMatchObject({
      line: 'POST /session',
      body: { capabilities: { alwaysMatch: { browserName: 'chrome' } } },
    });
  });

  test.for([
    ['New session request timed out', 'no slot was free in time'],
    ['Chrome failed to start: exited normally.\n(DevToolsActivePort …)', '--no-sandbox'],
    ['This version of ChromeDriver only supports Chrome version 156', 'its own major version'],
  ])('rejects with BrowserError in the words of the Grid: %s', async ([message, hint]) => {
    await using fake = await aClient(() => refusal('session not created', message!));
    const opened = fake.client.open({}, NO_ABORT);
    await expect(opened).rejects.toBeInstanceOf(BrowserError);
    await expect(opened).rejects.toMatchObject({
      code: 'GRID_NO_SESSION',
      message: expect.stringContaining(`session not created: ${message!.split('\n')[0]}`) as string,
      hint: expect.stringContaining(hint!) as string,
      details: { phase: 'launch' },
    });
  });
});

describe('GridClient.touch()', () => {
  test.for([
    ['the session is there', { value: { script: 30_000 } }, undefined],
    ['its driver knows no such command', refusal('unknown command', 'GET', 404), undefined],
    [
      'the Grid knows it no more',
      refusal('invalid session id', 'gone', 404),
      'the Grid knows its session no more',
    ],
    ['its node is gone', refusal('unknown error', 'Connection error (GET …)'), 'its node does not answer'],
  ] as const)('tells whether %s', async ([, answer, why]) => {
    await using fake = await aClient(() => answer);
    expect((await fake.client.touch('s1'))?.why).toBe(why);
  });
});

describe('GridClient.close()', () => {
  test.for([
    ['it was ended', { value: null }, undefined],
    ['it was gone already', refusal('invalid session id', 'gone', 404), undefined],
    ['it could not be ended', refusal('unknown error', 'Connection error\n\tat java…'), 'Connection error'],
  ] as const)('tells whether %s', async ([, answer, why]) => {
    await using fake = await aClient(() => answer);
    expect(await fake.client.close('s1')).toBe(why);
    expect(fake.grid.requests[0]?.line).toBe('DELETE /session/s1');
  });
});

describe('SessionWatchdog', () => {
  test('ends the sessions that nobody ended', async () => {
    await using grid = await openFakeGrid(() => ({ value: null }));
    const watchdog = new SessionWatchdog({ url: grid.url, authorization: 'Basic dTpw' });
    for (const id of ['s1', 's2', 's3']) watchdog.opened(id);
    watchdog.ended('s2');
    await watchdog[Symbol.asyncDispose]();
    const requests = grid.requests.toSorted((a, b) => a.line.localeCompare(b.line));
    expect(requests).toMatchObject([
      { line: 'DELETE /session/s1', authorization: 'Basic dTpw' },
      { line: 'DELETE /session/s3', authorization: 'Basic dTpw' },
    ]);
  });
});
