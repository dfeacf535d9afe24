import type { Browser, CDPSession, Page } from 'puppeteer';
import type { Link } from '../topology/topology.ts';
import {
  type AttachedBrowser,
  type AttachOptions,
  type OpenPage,
  consoleEntry,
  type PageListeners,
  versionOf,
} from './attached-browser.ts';
import { seatAgent } from '../peer/seat-agent.ts';
import { dialTransport } from './dialed-transport.ts';
import { impairByDevtools } from './impair-devtools.ts';

/** Chromium over the DevTools protocol, Firefox over WebDriver BiDi. */
export async function attachPuppeteer({
  endpoint,
  kind,
  acceptInsecureCerts,
  dial,
}: AttachOptions): Promise<AttachedBrowser> {
  const { default: puppeteer } = await import('puppeteer');
  const url = kind === 'firefox' ? `${endpoint}/session` : endpoint;
  const browser = await puppeteer.connect({
    ...(dial ? { transport: await dialTransport(url, dial) } : { browserWSEndpoint: url }),
    protocol: kind === 'firefox' ? 'webDriverBiDi' : 'cdp',
    defaultViewport: null,
    acceptInsecureCerts,
  });
  return attachedTo(browser, { hasDevtools: kind === 'chromium' });
}

/** What a browser that puppeteer is connected to can do for us. Without DevTools it impairs nothing. */
export async function attachedTo(
  browser: Browser,
  { hasDevtools }: { hasDevtools: boolean },
): Promise<AttachedBrowser> {
  let pages = 0;
  return {
    version: versionOf(await browser.version()),
    async openPage(url, listeners, { asTab = false, unseen = false } = {}): Promise<OpenPage> {
      // Firefox counts all tabs of a window but one as hidden, and presents their video once a second: only the first
      // page takes the window that is there already, which is 200 ms faster.
      const isBehind = unseen && asTab && hasDevtools;
      const type = pages++ === 0 || isBehind ? 'tab' : 'window';
      const context = asTab ? browser.defaultBrowserContext() : await browser.createBrowserContext();
      const page = await context.newPage({ type });
      listen(page, listeners);
      await page.goto(url, { waitUntil: 'domcontentloaded' });
      return {
        automation: { driver: 'puppeteer', page },
        seat: (control) => page.evaluate(seatAgent, control),
        goTo: async (next) => void (await page.goto(next, { waitUntil: 'domcontentloaded' })),
        ...(hasDevtools && { impair: impairing(page) }),
        close: async () => {
          pages--;
          await (asTab ? page.close() : context.close());
        },
      };
    },
    detach: () => browser.disconnect(),
  };
}

/** A page's conditions end with the session that set them: it is kept. */
function impairing(page: Page): (link: Link) => Promise<void> {
  let opening: Promise<CDPSession> | undefined;
  return async (link) => {
    const session = await (opening ??= page.createCDPSession());
    await impairByDevtools(
      {
        byRule: (parameters) => session.send('Network.emulateNetworkConditionsByRule', parameters),
        forAll: (parameters) => session.send('Network.emulateNetworkConditions', parameters),
      },
      link,
    );
  };
}

function listen(page: Page, { onConsole, onGone }: PageListeners): void {
  page.on('console', (message) => onConsole(consoleEntry(message.type(), message.text())));
  page.on('pageerror', (error) => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    onConsole({ t: Date.now(), level: 'error', source: 'page-error', text });
  });
  page.on('error', (error) => {
    onConsole({ t: Date.now(), level: 'error', source: 'crash', text: error.message });
    onGone(`the page crashed: ${error.message}`);
  });
  page.on('close', () => onGone('the page was closed'));
}
