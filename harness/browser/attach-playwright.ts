import type { CDPSession, Page } from 'playwright';
import { BrowserError } from '../errors.ts';
import type { Link } from '../topology/topology.ts';
import {
  type AttachedBrowser,
  type AttachOptions,
  type OpenPage,
  consoleEntry,
  type PageListeners,
  versionOf,
} from './attached-browser.ts';
import { bridgeEndpoint } from './dialed-transport.ts';
import { seatAgent } from '../peer/seat-agent.ts';
import { impairByDevtools } from './impair-devtools.ts';

/** Chromium only: Playwright speaks its own protocol to a Firefox of its own making, not to a stock one. */
export async function attachPlaywright({
  endpoint,
  kind,
  acceptInsecureCerts,
  dial,
}: AttachOptions): Promise<AttachedBrowser> {
  if (kind !== 'chromium') {
    throw new BrowserError('Playwright cannot drive a stock Firefox', {
      code: 'DRIVER_UNSUPPORTED',
      hint: 'leave --driver out, or use --driver puppeteer for Firefox',
    });
  }
  const { chromium } = await import('playwright');
  const browser = await chromium.connectOverCDP(dial ? await bridgeEndpoint(endpoint, dial) : endpoint);
  return {
    version: versionOf(browser.version()),
    async openPage(url, listeners, { asTab = false } = {}): Promise<OpenPage> {
      const own = asTab ? browser.contexts()[0] : undefined;
      const context =
        own ?? (await browser.newContext({ ignoreHTTPSErrors: acceptInsecureCerts, viewport: null }));
      const page = await context.newPage();
      listen(page, listeners);
      await page.goto(url, { waitUntil: 'domcontentloaded' });
      return {
        automation: { driver: 'playwright', page },
        seat: (control) => page.evaluate(seatAgent, control),
        goTo: async (next) => void (await page.goto(next, { waitUntil: 'domcontentloaded' })),
        impair: impairing(page),
        close: () => (own ? page.close() : context.close()),
      };
    },
    detach: () => browser.close(),
  };
}

/** A page's conditions end with the session that set them: it is kept. */
function impairing(page: Page): (link: Link) => Promise<void> {
  let opening: Promise<CDPSession> | undefined;
  return async (link) => {
    const session = await (opening ??= page.context().newCDPSession(page));
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
  page.on('pageerror', (error) =>
    onConsole({ t: Date.now(), level: 'error', source: 'page-error', text: error.stack ?? error.message }),
  );
  page.on('crash', () => {
    onConsole({ t: Date.now(), level: 'error', source: 'crash', text: 'the page crashed' });
    onGone('the page crashed');
  });
  page.on('close', () => onGone('the page was closed'));
}
