import { pageFlags, type PageFlagOptions } from '../browser/chromium-flags.ts';
import { firefoxPreferences } from '../browser/firefox-preferences.ts';
import type { Capabilities } from './grid-client.ts';
import type { GridBrowser } from './known-names.ts';

export interface SessionWish extends Omit<PageFlagOptions, 'platform'> {
  browser: GridBrowser;
  /** What the Grid shows the session as: the call it was opened for. */
  label: string;
}

/**
 * The capabilities of a session whose pages can be peers: the same flags and preferences as of a browser that is
 * launched here, but for profile, port and sandbox, which are the node's.
 *
 * @see https://www.w3.org/TR/webdriver-bidi/#websocket-url
 */
export function capabilitiesOf({ browser, label, ...flags }: SessionWish): Capabilities {
  const { kind, browserName, browserVersion, options } = browser;
  const { headed, mdns, acceptRunCertificate, trustedSpki = [] } = flags;
  const own =
    kind === 'firefox'
      ? { args: headed ? [] : ['-headless'], prefs: firefoxPreferences({ mdns }) }
      : { args: pageFlags({ ...flags, platform: 'linux' }) };
  return {
    browserName,
    ...(browserVersion !== undefined && { browserVersion }),
    webSocketUrl: true,
    // In Chromium the flag does it; this would trust everything.
    acceptInsecureCerts: acceptRunCertificate && (kind === 'firefox' || trustedSpki.length === 0),
    'se:name': label,
    [options]: own,
  };
}
