import type { Page } from 'puppeteer';
import {
  type AttachedBrowser,
  type AttachOptions,
  type OpenPage,
  consoleEntry,
  type PageListeners,
  versionOf,
} from './attached-browser.ts';

/** Chromium over the DevTools protocol, Firefox over WebDriver BiDi. */
export async function attachPuppeteer({
  endpoint,
  kind,
  acceptInsecureCerts,
}: AttachOptions): Promise<AttachedBrowser> {
  const { default: puppeteer } = await import('puppeteer');
  const browser = await puppeteer.connect({
    browserWSEndpoint: kind === 'firefox' ? `${endpoint}/session` : endpoint,
    protocol: kind === 'firefox' ? 'webDriverBiDi' : 'cdp',
    defaultViewport: null,
    acceptInsecureCerts,
  });
  let pages = 0;
  return {
    version: versionOf(await browser.version()),
    async openPage(url, listeners): Promise<OpenPage> {
      // Firefox counts all tabs of a window but one as hidden, and presents their video once a second: only the first
      // page takes the window that is there already, which is 200 ms faster.
      const type = pages++ === 0 ? 'tab' : 'window';
      const context = await browser.createBrowserContext();
      const page = await context.newPage({ type });
      listen(page, listeners);
      await page.goto(url, { waitUntil: 'domcontentloaded' });
      return {
        close: async () => {
          pages--;
          await context.close();
        },
      };
    },
    detach: () => browser.disconnect(),
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
