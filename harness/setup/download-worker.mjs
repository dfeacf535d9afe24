// @ts-check
// The child process of download-browser.mjs: `node download-worker.mjs <browser> <folder> [<version>]`, reports by IPC.
/**
 * @typedef {{ bytes: number, total: number } | { failed: string } | { executablePath: string, path: string }} Message
 */

const [name = '', cacheDir = '', version] = process.argv.slice(2);
const INTERVAL_MS = 500;

/** @param {Message} message */
const tell = (message) => process.send?.(message);

try {
  const { detectBrowserPlatform, install, resolveBuildId } = await import('@puppeteer/browsers');
  const { PUPPETEER_REVISIONS } = await import('puppeteer-core/internal/revisions.js');
  let toldAt = -Infinity;
  // Chrome's builds are found by milestone; Firefox's are named by channel and version, its first of a major `140.0`.
  const buildId = async () => {
    if (version === undefined)
      return PUPPETEER_REVISIONS[/** @type {'chrome' | 'chrome-headless-shell' | 'firefox'} */ (name)];
    if (name === 'firefox') return `stable_${version.includes('.') ? version : `${version}.0`}`;
    const platform = detectBrowserPlatform();
    if (platform === undefined) throw new Error('there is no Chrome for this platform');
    return resolveBuildId(/** @type {import('@puppeteer/browsers').Browser} */ (name), platform, version);
  };
  const { executablePath, path } = await install({
    browser: /** @type {import('@puppeteer/browsers').Browser} */ (name),
    buildId: await buildId(),
    cacheDir,
    downloadProgressCallback(bytes, total) {
      if (performance.now() - toldAt < INTERVAL_MS && bytes < total) return;
      toldAt = performance.now();
      tell({ bytes, total });
    },
  });
  tell({ executablePath, path });
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  tell({
    failed:
      message
        .split('\n')
        .at(-1)
        ?.replace(/^\s*- DefaultProvider: /, '') ?? message,
  });
}
