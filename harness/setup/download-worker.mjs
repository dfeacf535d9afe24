// @ts-check
// The child process of download-browser.mjs: `node download-worker.mjs <browser> <folder>`, reports by IPC.
/**
 * @typedef {{ bytes: number, total: number } | { failed: string } | { executablePath: string, path: string }} Message
 */

const [name = '', cacheDir = ''] = process.argv.slice(2);
const INTERVAL_MS = 500;

/** @param {Message} message */
const tell = (message) => process.send?.(message);

try {
  const { install } = await import('@puppeteer/browsers');
  const { PUPPETEER_REVISIONS } = await import('puppeteer-core/internal/revisions.js');
  let toldAt = -Infinity;
  const { executablePath, path } = await install({
    browser: /** @type {import('@puppeteer/browsers').Browser} */ (name),
    buildId: PUPPETEER_REVISIONS[/** @type {'chrome' | 'firefox'} */ (name)],
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
