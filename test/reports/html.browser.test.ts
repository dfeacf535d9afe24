import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findBrowsers } from '../../harness/setup/find-browsers.mjs';
import { loadReportAssets } from '../../reports/html/load-assets.ts';
import { renderHtml } from '../../reports/html/render.ts';
import { buildComparison } from '../fixtures/reports/comparison.ts';
import { buildRun } from '../fixtures/reports/run.ts';

const QUIET = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  // Chromium's sandbox refuses to run as root.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

let browser: Browser;
let folder: string;

beforeAll(async () => {
  const { found, missing } = findBrowsers({ wanted: ['chrome'], env: process.env });
  const executablePath = found[0]?.executablePath;
  if (!executablePath) throw new Error(`no Chrome or Chromium found: ${JSON.stringify(missing)}`);
  folder = await mkdtemp(join(tmpdir(), 'callrig-report-'));
  browser = await chromium.launch({ executablePath, args: QUIET });
});

afterAll(async () => {
  await browser?.close();
  if (folder) await rm(folder, { recursive: true });
});

const PLAIN = renderHtml(buildRun(), loadReportAssets());
const HOSTILE = renderHtml(buildRun({ hostile: true }), loadReportAssets());

/** A page from a file, and everything it did that a report must not do. */
async function open(content: string, options: BrowserContextOptions = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const file = join(folder, `${crypto.randomUUID()}.html`);
  await writeFile(file, content);
  const url = pathToFileURL(file).href;
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => complaints.push(dialog.message()));
  await page.goto(url);
  const close = async () => {
    await context.close();
    await rm(file);
  };
  return { page, url, requests, complaints, [Symbol.asyncDispose]: close };
}

const pwned = (page: Page) => page.evaluate(() => Reflect.get(globalThis, 'pwned') as unknown);

/** How many pixels of each chart in the call have a colour of their own, not transparent. */
const inkOf = (page: Page, id: string) =>
  page.locator(`#${id} canvas`).evaluateAll((canvases) =>
    (canvases as HTMLCanvasElement[]).map((canvas) => {
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      return data.filter((value, index) => index % 4 === 3 && value > 0).length;
    }),
  );

const openEverything = (page: Page) =>
  page.evaluate(() => {
    for (const details of document.querySelectorAll('details')) details.open = true;
  });

describe('report.html', () => {
  test('asks the network for nothing and runs nothing of what a page wrote, with every part open', async () => {
    await using report = await open(HOSTILE);
    await openEverything(report.page);
    await report.page.getByPlaceholder('Filter events').first().fill('dtls');
    expect(report.requests).toEqual([report.url]);
    expect(report.complaints).toEqual([]);
    expect(await pwned(report.page)).toBeUndefined();
  });

  const smuggle = (page: string) =>
    page.replace(
      '<main>',
      `<main><img src="http://127.0.0.1:9/x" onerror="globalThis.pwned = 1"><script>globalThis.pwned = 2</script>`,
    );

  test('runs and loads nothing even if markup got in unescaped, as its policy forbids it', async () => {
    await using report = await open(smuggle(PLAIN));
    expect(await pwned(report.page)).toBeUndefined();
    expect(report.complaints.join()).toContain('Content Security Policy');
  });

  test('would be caught by these tests if it had no policy', async () => {
    await using report = await open(
      smuggle(PLAIN).replace(/<meta\s+http-equiv="Content-Security-Policy"[^>]*>/, ''),
    );
    expect(await pwned(report.page)).toBeDefined();
    expect(report.requests).toContain('http://127.0.0.1:9/x');
  });

  test('opens the call that a cell of the matrix leads to, and draws its charts only then', async () => {
    await using report = await open(PLAIN);
    const { page } = report;
    expect(await page.locator('#call-008-firefox-firefox canvas').count()).toBe(0);
    await page.getByRole('link', { name: 'firefox → firefox: inconclusive' }).click();
    const call = page.locator('details.call', { has: page.locator('#call-008-firefox-firefox') });
    await expect.poll(() => call.getAttribute('open')).not.toBeNull();
    await expect
      .poll(() =>
        call
          .locator('summary')
          .first()
          .boundingBox()
          .then((box) => box?.y),
      )
      .toBeLessThan(200);
    const ink = await inkOf(page, 'call-008-firefox-firefox');
    expect(ink).toHaveLength(5);
    for (const pixels of ink) expect(pixels).toBeGreaterThan(500);
  });

  test('says in words what a chart draws', async () => {
    await using report = await open(PLAIN);
    await report.page.goto(`${report.url}#call-001-chrome-chrome`);
    const label = await report.page
      .locator('#call-001-chrome-chrome canvas')
      .first()
      .getAttribute('aria-label');
    expect(label).toMatch(
      /^Received bitrate\. caller: \d+ kbit\/s to \d+ kbit\/s, median \d+ kbit\/s\. callee: /,
    );
  });

  test('draws its charts again in other colours if the reader turns the lights off', async () => {
    await using report = await open(PLAIN, { colorScheme: 'light' });
    const { page } = report;
    await page.goto(`${report.url}#call-001-chrome-chrome`);
    const look = () =>
      page.evaluate(() => ({
        paper: getComputedStyle(document.body).backgroundColor,
        chart: document.querySelector<HTMLCanvasElement>('#call-001-chrome-chrome canvas')?.toDataURL(),
      }));
    const light = await look();
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(async () => (await look()).chart).not.toBe(light.chart);
    expect((await look()).paper).not.toBe(light.paper);
    expect(await inkOf(page, 'call-001-chrome-chrome')).toHaveLength(5);
  });

  test.for([
    ['plain', PLAIN],
    ['hostile', HOSTILE],
  ] as const)('fits 360 pixels with every part open and %s texts', async ([, content]) => {
    await using report = await open(content, { viewport: { width: 360, height: 740 } });
    await openEverything(report.page);
    const width = () => report.page.evaluate(() => document.documentElement.scrollWidth);
    expect(await width()).toBe(360);
  });

  test('leads to a call and shows all but the charts without JavaScript', async () => {
    await using report = await open(PLAIN, { javaScriptEnabled: false });
    const { page } = report;
    await page.getByRole('link', { name: 'firefox → firefox: inconclusive' }).click();
    const body = page.locator('#call-008-firefox-firefox');
    await body.locator('noscript p').waitFor();
    expect(await body.locator('table.waterfall').isVisible()).toBe(true);
    expect(await body.getByText('AES_CM_128_HMAC_SHA1_80').first().isVisible()).toBe(true);
  });

  test('opens a call by keyboard', async () => {
    await using report = await open(PLAIN);
    const { page } = report;
    await page.locator('details.call > summary').first().focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('#call-001-chrome-chrome').isVisible()).toBe(true);
  });

  test('hides calls that passed, and events that are not asked for', async () => {
    await using report = await open(PLAIN);
    const { page } = report;
    await page.getByLabel('only calls that did not pass').check();
    expect(await page.locator('details.call[data-status=passed]').first().isVisible()).toBe(false);
    expect(await page.locator('details.call:visible').count()).toBe(5);
    const events = page.locator('#call-007-firefox-chrome details.fold', { hasText: 'Events' }).first();
    await events.locator('summary').click();
    await events.getByPlaceholder('Filter events').fill('callee signaling');
    expect(await events.locator('tbody tr:visible').count()).toBe(1);
  });

  test('prints without what only a screen needs', async () => {
    await using report = await open(PLAIN);
    await report.page.emulateMedia({ media: 'print' });
    expect(await report.page.getByRole('navigation').isVisible()).toBe(false);
    expect((await report.page.pdf({ format: 'A4' })).length).toBeGreaterThan(10_000);
  });
});

describe('report.html of a comparison', () => {
  const COMPARED = renderHtml(buildComparison({ repetitions: 1, hostile: true }), loadReportAssets());
  const TWICE = renderHtml(buildComparison({ repetitions: 2 }), loadReportAssets());
  const PLOTS = '#comparison table.plot';

  test('draws every variant within its chart without JavaScript, and asks the network for nothing', async () => {
    await using report = await open(COMPARED, { javaScriptEnabled: false });
    const { page } = report;
    expect(await page.locator(PLOTS).count()).toBe(7);
    const heights = await page
      .locator(`${PLOTS} tbody svg[focusable]`)
      .evaluateAll((drawings) => drawings.map((drawing) => drawing.getBoundingClientRect().height));
    expect(heights).toHaveLength(56);
    expect(Math.min(...heights)).toBeGreaterThan(20);
    expect(report.requests).toEqual([report.url]);
    expect(report.complaints).toEqual([]);
  });

  test.for([360, 1280])(
    'keeps every mark and every word in the page if it is %d pixels wide',
    async (width) => {
      await using report = await open(COMPARED, { viewport: { width, height: 900 } });
      const { page } = report;
      await page.evaluate(() => {
        for (const fold of document.querySelectorAll<HTMLDetailsElement>('#comparison details'))
          fold.open = true;
      });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      const beyond = await page
        .locator(`${PLOTS} :is(td, th)`)
        .evaluateAll((cells) =>
          cells.filter((cell) => cell.scrollWidth > cell.clientWidth + 1).map((cell) => cell.textContent),
        );
      expect(beyond).toEqual([]);
    },
  );

  test('shows the whole table of the comparison without scrolling on a wide screen', async () => {
    await using report = await open(TWICE);
    const box = report.page.locator('#comparison .scroll').first();
    expect(await box.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
  });

  test('leads from a cell of a variant to its calls', async () => {
    await using report = await open(TWICE);
    const { page } = report;
    await page.getByRole('link', { name: 'chrome → firefox, relay-tls: passed' }).click();
    const group = page.locator('section.cell-calls:target');
    expect(await group.locator('h3').textContent()).toContain('chrome → firefox, relay-tls');
    await expect.poll(async () => (await group.boundingBox())?.y).toBeLessThan(300);
  });
});
