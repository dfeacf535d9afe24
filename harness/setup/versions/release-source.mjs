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
  async list({ browser, from, to }) {
    // Every major of a range was released, if the makers can be reached at all.
    if (!(await isReachable(familyOf(browser), from))) return [];
    const [first, last] = [from, to].map((version) => Number(version.split('.', 1)));
    return Array.from({ length: (last ?? 0) - (first ?? 0) + 1 }, (_, index) => String((first ?? 0) + index));
  },
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

const REACH_MS = 10_000;

/**
 * @param {string} family
 * @param {string} version
 */
async function isReachable(family, version) {
  const { detectBrowserPlatform, resolveBuildId } = await import('@puppeteer/browsers');
  const platform = detectBrowserPlatform();
  if (platform === undefined) return false;
  const tag = family === 'firefox' ? 'stable' : (version.split('.', 1)[0] ?? '');
  const asked = resolveBuildId(/** @type {import('@puppeteer/browsers').Browser} */ (family), platform, tag);
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  /** @type {Promise<false>} */
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, REACH_MS, false);
  });
  const reached = asked.then(
    () => true,
    () => false,
  );
  return Promise.race([reached, late]).finally(() => clearTimeout(timer));
}
