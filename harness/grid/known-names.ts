import type { BrowserKind } from '../plan/plan.ts';
import { isOfVersion, parseVersionedName } from '../versions/version-name.mjs';
import type { GridSlot } from './status.ts';

/** What a name of the plan's means to a Grid. */
export interface GridBrowser {
  kind: BrowserKind;
  /** As WebDriver says it. */
  browserName: string;
  /** `138` of `chrome@138`. */
  browserVersion?: string;
  /** The capability that holds what is the browser's own. */
  options: 'goog:chromeOptions' | 'ms:edgeOptions' | 'moz:firefoxOptions';
}

const CHROME = { kind: 'chromium', browserName: 'chrome', options: 'goog:chromeOptions' } as const;
const FIREFOX = { kind: 'firefox', browserName: 'firefox', options: 'moz:firefoxOptions' } as const;

const BROWSERS: Readonly<Record<string, GridBrowser>> = {
  chrome: CHROME,
  chromium: CHROME,
  edge: { kind: 'chromium', browserName: 'MicrosoftEdge', options: 'ms:edgeOptions' },
  firefox: FIREFOX,
  'firefox-esr': FIREFOX,
};

/** Names that can be asked of a Grid; each also with a version, `chrome@138`. */
export const GRID_NAMES = Object.keys(BROWSERS);

/** `undefined` for a name that no Grid knows. */
export function gridBrowserOf(name: string): GridBrowser | undefined {
  const versioned = parseVersionedName(name);
  const known = BROWSERS[versioned?.browser ?? name];
  if (!known || !versioned) return known;
  return { ...known, browserVersion: versioned.version };
}

/** Whether a slot is for that browser, as the Grid will see it. */
export function isSlotFor({ browserName, browserVersion }: GridBrowser, slot: GridSlot): boolean {
  if (slot.browserName?.toLowerCase() !== browserName.toLowerCase()) return false;
  if (browserVersion === undefined) return true;
  const { browserVersion: offered = '' } = slot;
  return isOfVersion(offered, browserVersion) || isOfVersion(browserVersion, offered);
}
