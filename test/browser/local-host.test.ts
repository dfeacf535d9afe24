import { describe, expect, test } from 'vitest';
import { LocalHost } from '../../harness/browser/local-host.ts';
import { type BrowserListeners, RunningBrowsers } from '../../harness/browser/running-browsers.ts';
import { BrowserError } from '../../harness/errors.ts';
import { AsyncStack } from '../../harness/lifecycle/async-stack.ts';
import { processesWith } from '../../harness/lifecycle/leftovers.mjs';
import { TemporaryFolder } from '../../harness/lifecycle/temporary-folder.ts';
import { ControlServer } from '../../harness/peer/control-server.ts';
import type { SeatRequest } from '../../harness/peer/host.ts';
import type { PlannedBrowser } from '../../harness/plan/plan.ts';
import { findBrowsers } from '../../harness/setup/find-browsers.mjs';
import type { RunEvent } from '../../harness/store/layout.ts';
import { TestFolder } from '../helpers/programs.ts';

/** Starts and says so, but never listens. */
const SILENT = `console.log('here'); setInterval(() => {}, 1e6);`;
const DYING = `console.error('no display'); process.exitCode = 1;`;

const planned = (name: string, executablePath: string): PlannedBrowser => ({
  name,
  kind: 'chromium',
  driver: 'puppeteer',
  source: '--browser',
  executablePath,
});

interface OpenHost extends AsyncDisposable {
  host: LocalHost;
  server: ControlServer;
  temporary: TemporaryFolder;
  events: RunEvent[];
}

/** A LocalHost with all that it needs; everything it opened goes away with the value. */
async function openHost(
  browsers: PlannedBrowser[],
  options: Partial<BrowserListeners> = {},
): Promise<OpenHost> {
  await using stack = new AsyncStack();
  const temporary = stack.use(TemporaryFolder.open());
  const server = stack.use(await ControlServer.open({ host: '127.0.0.1' }));
  const events: RunEvent[] = [];
  const running = stack.use(
    new RunningBrowsers({
      browsers,
      options: { headed: false, mdns: false },
      temporary,
      listeners: {
        emit: (event) => {
          events.push(event);
          options.emit?.(event);
        },
        onOutput: options.onOutput ?? (() => {}),
      },
    }),
  );
  const host = new LocalHost({ browsers: running, server });
  const opened = stack.move();
  return { host, server, temporary, events, [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() };
}

const seatFor = (browser: string, signal = new AbortController().signal): SeatRequest => ({
  role: 'caller',
  browser,
  onConsole: () => {},
  signal,
});

const seats = (names: string[]) => names.map((browser) => ({ browser }));

const namesOf = (events: RunEvent[], type: 'browser-launching' | 'browser-launched' | 'browser-died') =>
  events.flatMap((event) => (event.type === type ? [event.browser] : []));

describe.skipIf(process.platform === 'win32')('LocalHost.prepare()', () => {
  test('launches two browsers at a time, and ends them if it is aborted', async () => {
    using folder = new TestFolder();
    const executable = folder.program('silent', SILENT);
    const names = ['a', 'b', 'c'];
    const stop = new AbortController();
    const reason = new Error('SIGINT');
    const here: string[] = [];
    await using run = await openHost(
      names.map((name) => planned(name, executable)),
      {
        onOutput: (name) => {
          here.push(name);
          if (here.length === 2) stop.abort(reason);
        },
      },
    );
    await expect(run.host.prepare(seats(names), stop.signal)).rejects.toBe(reason);
    expect(namesOf(run.events, 'browser-launching')).toEqual(['a', 'b']);
    expect(here.toSorted()).toEqual(['a', 'b']);
    expect(processesWith(`${run.temporary.path}/`)).toEqual([]);
  });

  test('resolves if a browser does not start: that is for the calls to say that need it', async () => {
    using folder = new TestFolder();
    await using run = await openHost([planned('dying', folder.program('dying', DYING))]);
    await expect(run.host.prepare(seats(['dying']), new AbortController().signal)).resolves.toBeUndefined();
    expect(namesOf(run.events, 'browser-launching')).toEqual(['dying']);
    expect(namesOf(run.events, 'browser-launched')).toEqual([]);
  });
});

describe.skipIf(process.platform === 'win32')('LocalHost.openPage()', () => {
  test('rejects with BrowserError if the browser does not start, and tries again for the next call', async () => {
    using folder = new TestFolder();
    await using run = await openHost([planned('dying', folder.program('dying', DYING))]);
    for (const attempt of [1, 2]) {
      const thrown: unknown = await run.host.openPage(seatFor('dying')).catch((error: unknown) => error);
      expect(thrown).toBeInstanceOf(BrowserError);
      expect(thrown).toMatchObject({
        code: 'BROWSER_DIED',
        details: { phase: 'launch', exitCode: 1, stderr: ['no display'] },
      });
      expect(namesOf(run.events, 'browser-launching')).toHaveLength(attempt);
    }
  });

  test('rejects with BrowserError if the plan has no such browser', async () => {
    await using run = await openHost([]);
    await expect(run.host.openPage(seatFor('opera'))).rejects.toMatchObject({
      code: 'BROWSER_UNKNOWN',
      message: 'the plan has no browser "opera"',
    });
  });

  test('rejects with BrowserError and the pid if the browser dies before the page opens', async () => {
    const [chrome] = findBrowsers({ wanted: ['chrome'] }).found;
    await using run = await openHost([planned('chrome', chrome!.executablePath)]);
    let pid = 0;
    run.server.http.prependOnceListener('request', () => {
      pid = run.events.flatMap((event) => (event.type === 'browser-launched' ? [event.pid] : []))[0]!;
      process.kill(-pid, 'SIGKILL');
    });
    const thrown: unknown = await run.host.openPage(seatFor('chrome')).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(BrowserError);
    expect(thrown).toMatchObject({
      code: 'BROWSER_DIED',
      message: `chrome died (pid ${pid}, killed by SIGKILL)`,
      details: { pid, signal: 'SIGKILL', exitCode: null },
    });
    expect(run.events.at(-1)).toMatchObject({ type: 'browser-died', browser: 'chrome', pid });
  });

  test('shares a browser, and launches it again if it died, which it says', async () => {
    const [chrome] = findBrowsers({ wanted: ['chrome'] }).found;
    await using run = await openHost([planned('chrome', chrome!.executablePath)]);
    const [one, two] = await Promise.all([
      run.host.openPage(seatFor('chrome')),
      run.host.openPage(seatFor('chrome')),
    ]);
    expect(one).toMatchObject({ browser: 'chrome', kind: 'chromium', driver: 'puppeteer' });
    expect(one.version).toMatch(/^\d+\./);
    expect(two.pid).toBe(one.pid);
    if (process.platform === 'linux') expect(one.measure()).toMatchObject({ peers: 2 });
    await two.close();
    process.kill(-one.pid!, 'SIGKILL');
    expect(await one.death()).toMatchObject({ pid: one.pid, signal: 'SIGKILL' });
    const again = await run.host.openPage(seatFor('chrome'));
    expect(again.pid).not.toBe(one.pid);
    await Promise.all([one.close(), again.close()]);
    const launches = run.events.flatMap((event) =>
      event.type === 'browser-launched' ? [{ pid: event.pid, relaunch: event.relaunch }] : [],
    );
    expect(launches).toEqual([
      { pid: one.pid, relaunch: false },
      { pid: again.pid, relaunch: true },
    ]);
    expect(namesOf(run.events, 'browser-died')).toEqual(['chrome']);
  });
});
