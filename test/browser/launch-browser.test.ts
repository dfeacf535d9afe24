import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { launchBrowser, type LaunchOptions } from '../../harness/browser/launch-browser.ts';
import { BrowserError } from '../../harness/errors.ts';
import { AsyncStack } from '../../harness/lifecycle/async-stack.ts';
import { processesWith } from '../../harness/lifecycle/leftovers.mjs';
import type { PlannedBrowser } from '../../harness/plan/plan.ts';
import { TestFolder } from '../helpers/programs.ts';

/** Nobody listens there: to attach is refused at once. */
const NOWHERE = 'ws://127.0.0.1:1/abc';

/** A program that says its arguments and where it listens, and stays. */
const browserAt = (endpoint: string, protocol = 'DevTools') => `
  console.error(JSON.stringify(process.argv.slice(2)));
  console.error('${protocol} listening on ${endpoint}');
  setInterval(() => {}, 1e6);`;

interface Attempt {
  program: string;
  browser?: Partial<PlannedBrowser>;
  options?: Partial<LaunchOptions>;
}

/** What a launch rejects with, what the program said, and which processes have its profile afterwards. */
async function failToLaunch(folder: TestFolder, { program, browser, options }: Attempt) {
  const said: string[] = [];
  const profile = folder.path;
  const thrown: unknown = await launchBrowser({
    browser: {
      name: 'fake',
      kind: 'chromium',
      driver: 'puppeteer',
      source: '--browser',
      executablePath: folder.program('fake-browser', program),
      ...browser,
    },
    profile,
    headed: false,
    mdns: false,
    acceptRunCertificate: false,
    onOutput: (line) => void said.push(line),
    ...options,
  }).then(
    () => expect.fail('there is nothing to attach to'),
    (error: unknown) => error,
  );
  return { thrown, said, args: JSON.parse(said[0] ?? '[]') as string[], left: processesWith(profile) };
}

describe.skipIf(process.platform === 'win32')('launchBrowser()', () => {
  test('starts Chromium with its profile, in its sandbox unless the user is root', async () => {
    using folder = new TestFolder();
    const { args } = await failToLaunch(folder, { program: browserAt(NOWHERE) });
    expect(args).toContain(`--user-data-dir=${folder.path}`);
    expect(args).toContain('--headless=new');
    expect(args.includes('--no-sandbox')).toBe(process.getuid?.() === 0);
  });

  test.for([
    { mdns: false, headed: false },
    { mdns: true, headed: true },
  ])('starts Firefox with preferences in its profile if %o', async ({ mdns, headed }) => {
    using folder = new TestFolder();
    const { args, thrown } = await failToLaunch(folder, {
      program: browserAt(NOWHERE, 'WebDriver BiDi'),
      browser: { kind: 'firefox' },
      options: { mdns, headed },
    });
    expect(thrown).toMatchObject({ code: 'BROWSER_NOT_ATTACHED' });
    expect(args.slice(args.indexOf('--profile'))[1]).toBe(folder.path);
    expect(args.includes('--headless')).toBe(!headed);
    const preferences = readFileSync(join(folder.path, 'user.js'), 'utf8');
    expect(preferences).toContain(`user_pref("media.peerconnection.ice.obfuscate_host_addresses", ${mdns});`);
  });

  test('rejects with BrowserError and leaves nothing running if the driver cannot attach', async () => {
    using folder = new TestFolder();
    const { thrown, left } = await failToLaunch(folder, { program: browserAt(NOWHERE) });
    expect(thrown).toBeInstanceOf(BrowserError);
    expect(thrown).toMatchObject({
      code: 'BROWSER_NOT_ATTACHED',
      message: expect.stringMatching(/^fake started but puppeteer could not attach to it: /) as string,
      hint: expect.stringContaining(`DevTools listening on ${NOWHERE}`) as string,
      details: { executablePath: join(folder.path, 'fake-browser') },
    });
    expect(left).toEqual([]);
  });

  test('rejects with BrowserError and leaves nothing running if Playwright is to drive Firefox', async () => {
    using folder = new TestFolder();
    const { thrown, left } = await failToLaunch(folder, {
      program: browserAt(NOWHERE, 'WebDriver BiDi'),
      browser: { kind: 'firefox', driver: 'playwright' },
    });
    expect(thrown).toMatchObject({
      code: 'DRIVER_UNSUPPORTED',
      hint: expect.stringContaining('puppeteer') as string,
    });
    expect(left).toEqual([]);
  });

  test('rejects with BrowserError if the browser dies before it listens', async () => {
    using folder = new TestFolder();
    const program = `console.error('no display'); process.exitCode = 1;`;
    const { thrown } = await failToLaunch(folder, {
      program,
      options: { onOutput: () => {} },
    });
    expect(thrown).toMatchObject({
      code: 'BROWSER_DIED',
      hint: 'its last words: no display',
      details: { exitCode: 1 },
    });
  });

  test("rejects with the signal's reason and leaves nothing running if the browser accepts but never answers", async () => {
    using folder = new TestFolder();
    const stop = new AbortController();
    const reason = new Error('SIGINT');
    await using stack = new AsyncStack();
    const server = createServer((socket) => {
      stack.defer(() => void socket.destroy());
      stop.abort(reason);
    }).listen(0, '127.0.0.1');
    stack.defer(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { thrown, left } = await failToLaunch(folder, {
      program: browserAt(`ws://127.0.0.1:${port}/abc`),
      options: { signal: stop.signal },
    });
    expect(thrown).toBe(reason);
    expect(left).toEqual([]);
  });
});
