import { describe, expect, test } from 'vitest';
import { BrowserProcess, type StartBrowserOptions } from '../../harness/browser/browser-process.ts';
import { BrowserError, TimeoutError } from '../../harness/errors.ts';
import { processStart } from '../../harness/lifecycle/leftovers.mjs';
import { goneWithin } from '../helpers/processes.ts';
import { TestFolder } from '../helpers/programs.ts';

const ENDPOINT = 'ws://127.0.0.1:1/devtools/browser/abc';
const LISTEN = `console.error('DevTools listening on ${ENDPOINT}');`;
const STAY = `setInterval(() => {}, 1e6);`;
/** Says `asked to end` when it is asked to, and stays. */
const DEAF = `process.on('SIGTERM', () => console.log('asked to end'));`;

/** A Node program in a browser's place. */
const start = (program: string, options: Partial<StartBrowserOptions> = {}): Promise<BrowserProcess> =>
  BrowserProcess.start({
    executablePath: process.execPath,
    args: ['-e', program],
    endpoint: /^DevTools listening on (ws:\/\/.*)$/,
    timeoutMs: 60_000,
    ...options,
  });

/** Resolves with the number in the first line that begins with the word. */
function said(word: string): { number: Promise<number>; onOutput: (line: string) => void } {
  let found: (value: number) => void = () => {};
  const number = new Promise<number>((resolve) => (found = resolve));
  return {
    number,
    onOutput: (line) => {
      if (line.startsWith(`${word} `)) found(Number(line.slice(word.length)));
    },
  };
}

const thrownBy = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe.skipIf(process.platform === 'win32')('BrowserProcess.start()', () => {
  test('resolves when the browser says where it listens', async () => {
    const lines: string[] = [];
    await using browser = await start(`console.error('Hello'); ${LISTEN} ${STAY}`, {
      onOutput: (line) => void lines.push(line),
    });
    expect(browser.endpoint).toBe(ENDPOINT);
    expect(browser.closing).toBe(false);
    expect(lines).toEqual(['Hello', `DevTools listening on ${ENDPOINT}`]);
  });

  test('starts a process group of its own', async () => {
    await using browser = await start(`${LISTEN} ${STAY}`);
    expect(() => process.kill(-browser.pid, 0)).not.toThrow();
  });

  test.for<[executable: string, why: string]>([
    ['missing', 'is missing'],
    ['plain', 'is not executable'],
    ['plain/chrome', 'is below something that is no folder'],
  ])('rejects with BrowserError if the executable (%s) %s', async ([name]) => {
    using folder = new TestFolder();
    folder.file('plain', 'no program');
    const executablePath = `${folder.path}/${name}`;
    const thrown = await thrownBy(start('', { executablePath }));
    expect(thrown).toBeInstanceOf(BrowserError);
    expect(thrown).toMatchObject({
      code: 'BROWSER_NOT_STARTED',
      message: `${executablePath} could not be started`,
      details: { executablePath },
    });
  });

  test.for<[how: string, program: string, exit: { exitCode: number | null; signal: string | null }]>([
    ['exit code 3', 'process.exit(3)', { exitCode: 3, signal: null }],
    ['killed by SIGKILL', `process.kill(process.pid, 'SIGKILL')`, { exitCode: null, signal: 'SIGKILL' }],
  ])('rejects with BrowserError and its last words if it dies early: %s', async ([how, program, exit]) => {
    const words = ['one', 'two', 'no display', 'giving up'];
    const speak = `require('node:fs').writeSync(2, '${words.join('\\n')}\\n');`;
    const thrown = await thrownBy(start(`${speak} ${program}`));
    expect(thrown).toBeInstanceOf(BrowserError);
    expect(thrown).toMatchObject({
      code: 'BROWSER_DIED',
      hint: 'its last words: two | no display | giving up',
      details: { ...exit, stderr: words },
    });
    const { details, message } = thrown as BrowserError;
    expect(message).toContain(`(pid ${String(details['pid'])}, ${how})`);
  });

  test('says so if it died without a word', async () => {
    await expect(start('')).rejects.toMatchObject({ code: 'BROWSER_DIED', hint: 'it said nothing' });
  });

  test('keeps the last 20 lines, without what Chromium always complains of', async () => {
    const logged: string[] = [];
    const speak = `
      for (let i = 1; i <= 25; i++) console.error('line ' + i);
      console.error('[1:2:3/4:ERROR:dbus/bus.cc:408] Failed to connect to the bus');
      process.exitCode = 1;`;
    const thrown = await thrownBy(start(speak, { onOutput: (line) => void logged.push(line) }));
    const lines = Array.from({ length: 25 }, (_, i) => `line ${i + 1}`);
    expect(thrown).toMatchObject({ details: { stderr: lines.slice(-20) } });
    expect(logged).toHaveLength(26);
  });

  test('rejects with TimeoutError and ends the process if it never says where it listens', async () => {
    const { number, onOutput } = said('pid');
    const program = `console.log('pid', process.pid); ${STAY}`;
    const thrown = await thrownBy(start(program, { timeoutMs: 2000, onOutput }));
    const pid = await number;
    expect(thrown).toBeInstanceOf(TimeoutError);
    expect(thrown).toMatchObject({
      message: `waiting for ${process.execPath} to listen for automation took longer than 2000 ms (last seen: pid ${pid})`,
    });
    expect(processStart(pid)).toBeUndefined();
  });

  test("rejects with the signal's reason and ends the process if it is aborted meanwhile", async () => {
    const stop = new AbortController();
    const reason = new Error('SIGINT');
    const { number, onOutput } = said('pid');
    void number.then(() => stop.abort(reason));
    const program = `console.log('pid', process.pid); ${STAY}`;
    expect(await thrownBy(start(program, { onOutput, signal: stop.signal }))).toBe(reason);
    expect(processStart(await number)).toBeUndefined();
  });

  test('starts nothing if it was aborted before', async () => {
    const reason = new Error('SIGINT');
    const executablePath = '/nowhere/to/be/found';
    expect(await thrownBy(start('', { executablePath, signal: AbortSignal.abort(reason) }))).toBe(reason);
  });
});

describe.skipIf(process.platform === 'win32')('BrowserProcess.close()', () => {
  test('ends the process with SIGTERM, and that is no death', async () => {
    await using browser = await start(`${LISTEN} ${STAY}`);
    await browser.close();
    expect(browser.closing).toBe(true);
    expect(await browser.exited).toMatchObject({ pid: browser.pid, exitCode: null, signal: 'SIGTERM' });
    expect(processStart(browser.pid)).toBeUndefined();
  });

  test('can be called twice, also at once', async () => {
    await using browser = await start(`${LISTEN} ${STAY}`);
    await Promise.all([browser.close(), browser.close()]);
    await expect(browser.close()).resolves.toBeUndefined();
  });

  test('kills a process that ignores SIGTERM after 5 s', async () => {
    await using browser = await start(`${DEAF} ${LISTEN} ${STAY}`);
    const asked = performance.now();
    await browser.close();
    expect(performance.now() - asked).toBeGreaterThan(4990);
    expect(await browser.exited).toMatchObject({ signal: 'SIGKILL' });
    expect(browser.outputTail).toContain('asked to end');
  });

  test('kills what is left of the group as soon as the browser itself is gone', async () => {
    const { number, onOutput } = said('child');
    // The child holds the browser's output open, which must not be waited for.
    const child = `${DEAF} console.log('child', process.pid); ${LISTEN} ${STAY}`;
    const program = `
      require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: 'inherit' });
      ${STAY}`;
    await using browser = await start(program, { onOutput });
    const pid = await number;
    expect(processStart(pid)).toBeDefined();
    const asked = performance.now();
    await browser.close();
    expect(performance.now() - asked).toBeLessThan(4000);
    expect(await browser.exited).toMatchObject({ signal: 'SIGTERM' });
    expect(await goneWithin([pid], 5000)).toEqual([]);
  });
});

describe.skipIf(process.platform === 'win32')('BrowserProcess.exited', () => {
  test('tells an unwanted death with its exit code and last words', async () => {
    // Dies when it is told to: nobody has asked it to end.
    const program = `process.on('SIGUSR2', () => { console.error('out of memory'); process.exit(9); }); ${LISTEN} ${STAY}`;
    await using browser = await start(program);
    process.kill(browser.pid, 'SIGUSR2');
    const exit = await browser.exited;
    expect(exit).toMatchObject({ pid: browser.pid, exitCode: 9, signal: null });
    expect(exit.stderr.at(-1)).toBe('out of memory');
    expect(browser.closing).toBe(false);
  });

  test('tells of SIGKILL after kill(), which nobody has asked for', async () => {
    await using browser = await start(`${DEAF} ${LISTEN} ${STAY}`);
    browser.kill();
    expect(await browser.exited).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
    expect(browser.closing).toBe(false);
  });
});
