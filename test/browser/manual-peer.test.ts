import puppeteer, { type Browser } from 'puppeteer';
import { describe, expect, test } from 'vitest';
import { findBrowsers } from '../../harness/setup/find-browsers.mjs';
import { runsFolder, startCli } from '../helpers/cli.ts';

/** A browser that the harness did not launch and knows nothing of, as a person would have it. */
async function openPersonsBrowser(): Promise<AsyncDisposable & { browser: Browser }> {
  const chrome = findBrowsers({ wanted: ['chrome'] }).found[0]!;
  const browser = await puppeteer.launch({
    executablePath: chrome.executablePath,
    args: [
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      '--disable-background-networking',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
    acceptInsecureCerts: true,
  });
  return { browser, [Symbol.asyncDispose]: () => browser.close() };
}

describe.for([[], ['--tls']])('callrig run --peer callee=manual %s', (flags) => {
  test('prints a URL and a QR code, waits, and calls whoever opens it, in every cell', async () => {
    await using runs = await runsFolder();
    await using cli = startCli([
      'run',
      'p2p-call',
      '--browsers',
      'chrome,firefox',
      '--peer',
      'callee=manual',
      '--duration',
      '3s',
      '--out',
      runs.path,
      '--json',
      ...flags,
    ]);
    const [url] = await cli.sees(/https?:\/\/127\.0\.0\.1:\d+\/peer\/\S+/);
    expect(url.startsWith(flags.length > 0 ? 'https:' : 'http:')).toBe(true);
    await cli.sees(/[█▀▄]{5}/);
    await using person = await openPersonsBrowser();
    const page = await person.browser.newPage();
    await page.goto(url);
    await page.click('#join');
    const { exitCode, stdout, stderr } = await cli.ended;
    expect(exitCode, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'passed',
      cells: [{ id: 'chrome:manual' }, { id: 'firefox:manual' }],
    });
    await page.waitForFunction(() =>
      document.getElementById('status')?.textContent?.includes('The run is over'),
    );
  });
});

test('callrig run --peer callee=manual errors the call if nobody comes', async () => {
  await using runs = await runsFolder();
  const flags = [
    '--peer',
    'callee=manual',
    '--browsers',
    'chrome',
    '--manual-timeout',
    '1s',
    '--out',
    runs.path,
  ];
  await using cli = startCli(['run', 'p2p-call', ...flags]);
  const { exitCode, stdout } = await cli.ended;
  expect(exitCode).toBe(112);
  expect(stdout).toContain('nobody joined as callee within 1000 ms');
});
