// @ts-check
/**
 * Where the well-known browsers are. Data only.
 *
 * @typedef {import('../plan/plan.ts').BrowserKind} BrowserKind
 * @typedef {'linux' | 'darwin' | 'win32'} KnownPlatform
 *
 * @typedef {object} KnownBrowser
 * @property {BrowserKind} kind
 * @property {string[]} commands Names on PATH, best first; on Windows with `.exe` added.
 * @property {string[]} linux Absolute paths besides every command in the usual binary folders.
 * @property {string[]} darwin Below `/Applications` and `~/Applications`.
 * @property {string[]} win32 Below `%ProgramFiles%`, `%ProgramFiles(x86)%` and `%LocalAppData%`.
 * @property {string[]} variables Environment variables of other tools, after our own `CALLRIG_<NAME>`.
 * @property {string[]} cached Folders of puppeteer's cache that hold it.
 */

/** Browsers of a run that names none. */
export const DEFAULT_BROWSERS = ['chrome', 'firefox'];

/**
 * A macOS bundle's executable bears the bundle's name unless said otherwise.
 *
 * @param {string} name
 * @param {string} [executable]
 */
const app = (name, executable = name) => `${name}.app/Contents/MacOS/${executable}`;

/**
 * @param {BrowserKind} kind
 * @param {Partial<Omit<KnownBrowser, 'kind'>>} where
 * @returns {KnownBrowser}
 */
const browser = (kind, where) => ({
  kind,
  commands: [],
  linux: [],
  darwin: [],
  win32: [],
  variables: [],
  cached: [],
  ...where,
});

/** @type {Readonly<Record<string, KnownBrowser>>} */
export const KNOWN_BROWSERS = {
  chrome: browser('chromium', {
    commands: ['google-chrome-stable', 'google-chrome', 'chrome', 'chromium', 'chromium-browser'],
    linux: ['/opt/google/chrome/chrome', '/usr/lib/chromium/chromium'],
    darwin: [app('Google Chrome'), app('Google Chrome for Testing'), app('Chromium')],
    win32: ['Google\\Chrome\\Application\\chrome.exe', 'Chromium\\Application\\chrome.exe'],
    variables: ['CHROME_PATH', 'CHROME_BIN', 'PUPPETEER_EXECUTABLE_PATH'],
    cached: ['chrome', 'chromium'],
  }),
  chromium: browser('chromium', {
    commands: ['chromium', 'chromium-browser'],
    linux: ['/usr/lib/chromium/chromium'],
    darwin: [app('Chromium')],
    win32: ['Chromium\\Application\\chrome.exe'],
    cached: ['chromium'],
  }),
  'chrome-beta': browser('chromium', {
    commands: ['google-chrome-beta'],
    linux: ['/opt/google/chrome-beta/chrome'],
    darwin: [app('Google Chrome Beta')],
    win32: ['Google\\Chrome Beta\\Application\\chrome.exe'],
  }),
  'chrome-dev': browser('chromium', {
    commands: ['google-chrome-unstable'],
    linux: ['/opt/google/chrome-unstable/chrome'],
    darwin: [app('Google Chrome Dev')],
    win32: ['Google\\Chrome Dev\\Application\\chrome.exe'],
  }),
  'chrome-canary': browser('chromium', {
    commands: ['google-chrome-canary'],
    linux: ['/opt/google/chrome-canary/chrome'],
    darwin: [app('Google Chrome Canary')],
    win32: ['Google\\Chrome SxS\\Application\\chrome.exe'],
  }),
  'headless-shell': browser('chromium', {
    commands: ['chromium-headless-shell', 'chrome-headless-shell'],
    cached: ['chrome-headless-shell'],
  }),
  edge: browser('chromium', {
    commands: ['microsoft-edge-stable', 'microsoft-edge', 'msedge'],
    linux: ['/opt/microsoft/msedge/msedge'],
    darwin: [app('Microsoft Edge')],
    win32: ['Microsoft\\Edge\\Application\\msedge.exe'],
  }),
  opera: browser('chromium', {
    commands: ['opera', 'opera-stable'],
    darwin: [app('Opera')],
    win32: ['Programs\\Opera\\opera.exe', 'Opera\\opera.exe'],
  }),
  brave: browser('chromium', {
    commands: ['brave-browser-stable', 'brave-browser', 'brave'],
    linux: ['/opt/brave.com/brave/brave'],
    darwin: [app('Brave Browser')],
    win32: ['BraveSoftware\\Brave-Browser\\Application\\brave.exe'],
  }),
  vivaldi: browser('chromium', {
    commands: ['vivaldi-stable', 'vivaldi'],
    linux: ['/opt/vivaldi/vivaldi'],
    darwin: [app('Vivaldi')],
    win32: ['Vivaldi\\Application\\vivaldi.exe'],
  }),
  firefox: browser('firefox', {
    commands: ['firefox', 'firefox-esr'],
    linux: ['/usr/lib/firefox/firefox', '/usr/lib/firefox-esr/firefox-esr', '/opt/firefox/firefox'],
    darwin: [app('Firefox', 'firefox')],
    win32: ['Mozilla Firefox\\firefox.exe', 'Mozilla Firefox ESR\\firefox.exe'],
    variables: ['FIREFOX_PATH', 'FIREFOX_BIN', 'PUPPETEER_EXECUTABLE_PATH'],
    cached: ['firefox'],
  }),
  'firefox-esr': browser('firefox', {
    commands: ['firefox-esr'],
    linux: ['/usr/lib/firefox-esr/firefox-esr'],
    darwin: [app('Firefox ESR', 'firefox')],
    win32: ['Mozilla Firefox ESR\\firefox.exe'],
  }),
  'firefox-beta': browser('firefox', {
    commands: ['firefox-beta'],
    darwin: [app('Firefox Beta', 'firefox')],
    win32: ['Mozilla Firefox Beta\\firefox.exe'],
  }),
  'firefox-developer': browser('firefox', {
    commands: ['firefox-devedition', 'firefox-developer-edition'],
    darwin: [app('Firefox Developer Edition', 'firefox')],
    win32: ['Firefox Developer Edition\\firefox.exe'],
  }),
  'firefox-nightly': browser('firefox', {
    commands: ['firefox-nightly'],
    darwin: [app('Firefox Nightly', 'firefox')],
    win32: ['Firefox Nightly\\firefox.exe'],
  }),
};
