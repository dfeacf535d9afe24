// @ts-check
/**
 * Versions of browsers, as names say them: `chrome@138`, `firefox@140.12`, `chrome@119..156`.
 *
 * Plain JavaScript without dependencies, as the search for browsers runs before there is a `node_modules`.
 *
 * @typedef {{ browser: string, version: string }} VersionedName
 * @typedef {{ browser: string, from: string, to: string }} VersionRange
 */

/** Browsers that can be had by version. */
export const VERSIONED_BROWSERS = ['chrome', 'chromium', 'firefox', 'firefox-esr'];

const NAME = /^([a-z][a-z-]*)@(\d+(?:\.\d+)*)$/;
const RANGE = /^([a-z][a-z-]*)@(\d+(?:\.\d+)*)\.\.(\d+(?:\.\d+)*)$/;

/**
 * `chrome@138` → the browser and its version; `undefined` when it is no such name.
 *
 * @param {string} name
 * @returns {VersionedName | undefined}
 */
export function parseVersionedName(name) {
  const [, browser, version] = NAME.exec(name) ?? [];
  return browser === undefined || version === undefined ? undefined : { browser, version };
}

/**
 * `chrome@119..156` → the browser and both ends.
 *
 * @param {string} name
 * @returns {VersionRange | undefined}
 */
export function parseVersionRange(name) {
  const [, browser, from, to] = RANGE.exec(name) ?? [];
  return browser === undefined || from === undefined || to === undefined ? undefined : { browser, from, to };
}

/**
 * Whether it is that version or a part of it: `138.0.7204.157` is of `138`, and of `138.0`.
 *
 * @param {string} full
 * @param {string} version
 */
export function isOfVersion(full, version) {
  return full === version || full.startsWith(`${version}.`);
}

/**
 * Below 0 when `a` is older. What is not written counts as 0: `138` is `138.0`.
 *
 * @param {string} a
 * @param {string} b
 */
export function compareVersions(a, b) {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  const length = Math.max(left?.length ?? 0, right?.length ?? 0);
  for (let index = 0; index < length; index++) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * Whether it lies between two versions, both of them included with all their parts: `153.7` is in `140` to `153`.
 *
 * @param {string} full
 * @param {{ from?: string | undefined, to?: string | undefined }} range
 */
export function isInRange(full, { from, to }) {
  const isLate = from === undefined || compareVersions(full, from) >= 0;
  return isLate && (to === undefined || isOfVersion(full, to) || compareVersions(full, to) <= 0);
}

/**
 * The digits of what a browser or a package says of its version: `Chromium 150.0.7871.100 built on Debian` →
 * `150.0.7871.100`, `1:140.12.0esr-1~deb12u1` → `140.12.0`.
 *
 * @param {string} text
 */
export function versionIn(text) {
  return /(?<![\d.])(?:\d+:)?(\d+(?:\.\d+)+)/.exec(text)?.[1];
}
