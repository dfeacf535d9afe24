import { afterAll } from 'vitest';
import { RunningBrowsers } from '../../harness/browser/running-browsers.ts';
import { TemporaryFolder } from '../../harness/lifecycle/temporary-folder.ts';
import { findBrowsers } from '../../harness/setup/find-browsers.mjs';

/**
 * Browsers that all tests of a file share, for `tryScenario(…, { browsers })`: started once, which is half of what a
 * short call takes. Only for runs on this machine's own network, without TLS and TURN.
 */
export function warmBrowsers(): RunningBrowsers {
  const temporary = TemporaryFolder.open();
  const browsers = new RunningBrowsers({
    browsers: findBrowsers().found.map((browser) => ({ ...browser, driver: 'puppeteer' })),
    options: { headed: false, mdns: false },
    temporary,
    listeners: { emit: () => {}, onOutput: () => {} },
  });
  afterAll(async () => {
    await browsers[Symbol.asyncDispose]();
    await temporary[Symbol.asyncDispose]();
  });
  return browsers;
}
