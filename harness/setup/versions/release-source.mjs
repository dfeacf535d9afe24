// @ts-check
import { join, relative } from 'node:path';
import { download } from '../download-browser.mjs';
import { familyOf } from './version-cache.mjs';

/**
 * Chrome for Testing, and Mozilla's releases: what `@puppeteer/browsers` knows to get.
 *
 * @type {import('./install-version.mjs').VersionSource}
 */
export const releaseSource = {
  name: "the makers' releases",
  // Which there are is not told without asking for each: any version that was released may be asked for.
  list: async () => [],
  async install({ browser, version }, folder, { env, log }) {
    const family = familyOf(browser);
    if (family === 'chrome' && process.platform === 'linux' && process.arch !== 'x64') {
      throw new Error(`Chrome is not published for Linux on ${process.arch}`);
    }
    const outcome = await download(family, { scratch: folder, build: version, env, log });
    if (typeof outcome === 'string') throw new Error(outcome);
    return { executable: relative(folder, join(outcome.executablePath)) };
  },
};
