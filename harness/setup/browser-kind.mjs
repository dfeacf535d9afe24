// @ts-check
import { spawnSync } from 'node:child_process';
import { pathsOn } from './executables.mjs';
import { KNOWN_BROWSERS } from './known-browsers.mjs';

/**
 * @typedef {import('../plan/plan.ts').BrowserKind} BrowserKind
 * @typedef {import('../errors.ts').Problem} Problem
 * @typedef {{ executablePath: string, kind?: BrowserKind }} GivenBrowser
 */

const FORCED = /^(chromium|firefox):(.+)$/;
const NAME = /^[a-z0-9][a-z0-9._@-]*$/;
const CHROMIUM_LIKE = /chrom|edge|opera|brave|vivaldi|thorium|yandex/i;
const FIREFOX_LIKE = /firefox|waterfox|librewolf|floorp|gecko/i;
const ASK_TIMEOUT_MS = 10_000;

/**
 * Takes `opera=/path/to/opera` or `opera=chromium:/path/to/opera` apart. Looks at the text only: whether the
 * executable is there, and its kind when none is forced, is for `findBrowsers`.
 *
 * @param {string} text
 * @param {string} [path] Where the text came from, for problems.
 * @returns {{ name: string, value: string } | { problem: Problem }} `value` is what follows the `=`.
 */
export function parseBrowserFlag(text, path = '--browser') {
  const at = text.indexOf('=');
  const name = text.slice(0, Math.max(at, 0)).trim();
  const value = text.slice(at + 1).trim();
  if (at > 0 && NAME.test(name) && value !== '') return { name, value };
  const expected = 'a lower-case name and an executable like opera=/path/to/opera';
  const hint =
    at > 0 && value !== ''
      ? 'a name is lower case letters, digits, dots and dashes, and @ before a version'
      : 'force the kind with opera=chromium:/path or opera=firefox:/path';
  return { problem: { path, expected, got: JSON.stringify(text), hint } };
}

/**
 * Takes `chromium:/path` apart; a bare path has no kind yet.
 *
 * @param {string} value
 * @returns {GivenBrowser}
 */
export function parseExecutable(value) {
  const [, kind, executablePath] = FORCED.exec(value) ?? [];
  if (kind === undefined || executablePath === undefined) return { executablePath: value };
  return { executablePath, kind: /** @type {BrowserKind} */ (kind) };
}

/**
 * Which family an executable belongs to: by its file name, else by what `--version` says, else by the name the user
 * gave it if that is a known one. `undefined` when none of them tells.
 *
 * @param {string} executablePath
 * @param {{ name?: string, platform?: string, ask?: typeof askVersion }} [options]
 * @returns {BrowserKind | undefined}
 */
export function guessKind(executablePath, { name, platform = process.platform, ask = askVersion } = {}) {
  return (
    kindIn(pathsOn(platform).basename(executablePath)) ??
    kindIn(ask(executablePath, platform)) ??
    (name === undefined ? undefined : (KNOWN_BROWSERS[name]?.kind ?? kindIn(name)))
  );
}

/**
 * @param {string | undefined} text
 * @returns {BrowserKind | undefined}
 */
function kindIn(text) {
  if (text === undefined) return undefined;
  if (FIREFOX_LIKE.test(text)) return 'firefox';
  return CHROMIUM_LIKE.test(text) ? 'chromium' : undefined;
}

/**
 * The line an executable prints for `--version`, without opening a window. `undefined` when it fails, takes more than
 * 10 s, or on Windows, where a Chromium would open a window instead.
 *
 * @param {string} executablePath
 * @param {string} [platform]
 */
export function askVersion(executablePath, platform = process.platform) {
  if (platform === 'win32') return undefined;
  const asked = tryVersion(executablePath);
  return 'line' in asked ? asked.line : undefined;
}

/**
 * What an executable makes of `--version`; not for Windows.
 *
 * @param {string} executablePath
 * @returns {{ line: string } | { why: string }} `why` in its own words, as far as it has any.
 */
export function tryVersion(executablePath) {
  const { status, signal, error, stdout, stderr } = spawnSync(executablePath, ['--version'], {
    encoding: 'utf8',
    timeout: ASK_TIMEOUT_MS,
    killSignal: 'SIGKILL',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const line = lastLine(stdout ?? '');
  if (status === 0 && line !== '') return { line };
  const ended = error?.message ?? (signal ? `it was ended by ${signal}` : `it ended with code ${status}`);
  return { why: lastLine(stderr ?? '') || ended };
}

/** @param {string} text */
const lastLine = (text) => text.trim().split('\n').at(-1)?.trim() ?? '';
