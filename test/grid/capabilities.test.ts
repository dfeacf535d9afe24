import { describe, expect, test } from 'vitest';
import { isLoopback, socketUrl } from '../../harness/grid/address.ts';
import { capabilitiesOf } from '../../harness/grid/capabilities.ts';
import { gridBrowserOf } from '../../harness/grid/known-names.ts';
import type { ProfileName } from '../../harness/media/profiles.ts';

const wish = (
  name: string,
  changes: { headed?: boolean; trustedSpki?: string[]; media?: ProfileName } = {},
) =>
  capabilitiesOf({
    browser: gridBrowserOf(name)!,
    label: '001-chrome-chrome',
    headed: false,
    mdns: false,
    acceptRunCertificate: (changes.trustedSpki?.length ?? 0) > 0,
    ...changes,
  }) as Record<string, unknown> & {
    'goog:chromeOptions': { args: string[] };
    'moz:firefoxOptions': { args: string[]; prefs: Record<string, unknown> };
  };

describe('capabilitiesOf()', () => {
  test('asks for fake devices, plain addresses and WebDriver BiDi, and names the call', () => {
    const capabilities = wish('chrome');
    expect(capabilities).toMatchObject({
      browserName: 'chrome',
      webSocketUrl: true,
      acceptInsecureCerts: false,
      'se:name': '001-chrome-chrome',
    });
    const { args } = capabilities['goog:chromeOptions'];
    expect(args).toContain('--use-fake-device-for-media-stream');
    expect(args).toContain('--headless=new');
    expect(args.join()).toContain('WebRtcHideLocalIpsWithMdns');
  });

  test("leaves to the node what is the node's: profile, port, sandbox", () => {
    const { args } = wish('chrome')['goog:chromeOptions'];
    expect(args.filter((arg) => /user-data-dir|remote-debugging|sandbox|^about:/.test(arg))).toEqual([]);
  });

  test("gives Firefox the preferences of a local one, and takes the run's own certificate", () => {
    const capabilities = wish('firefox', { trustedSpki: ['abc='] });
    expect(capabilities).toMatchObject({ browserName: 'firefox', acceptInsecureCerts: true });
    expect(capabilities['moz:firefoxOptions']).toMatchObject({
      args: ['-headless'],
      prefs: {
        'media.navigator.streams.fake': true,
        'media.peerconnection.ice.obfuscate_host_addresses': false,
      },
    });
  });

  test("lets Chromium take only the run's own certificate", () => {
    const capabilities = wish('chrome', { trustedSpki: ['abc='] });
    expect(capabilities.acceptInsecureCerts).toBe(false);
    expect(capabilities['goog:chromeOptions'].args).toContain('--ignore-certificate-errors-spki-list=abc=');
  });

  test('gives Chromium the flags of what peers send', () => {
    const argsOf = (media: ProfileName) => wish('chrome', { media })['goog:chromeOptions'].args;
    expect(argsOf('light')).toContain('--process-per-site');
    expect(argsOf('hd')).toContain('--use-fake-device-for-media-stream=fps=30');
    expect(argsOf('real')).not.toContain('--process-per-site');
  });

  test('asks for a version if the name has one', () => {
    expect(wish('chrome@138')).toMatchObject({ browserName: 'chrome', browserVersion: '138' });
    expect(wish('edge', { headed: true })).toMatchObject({ browserName: 'MicrosoftEdge' });
  });
});

describe('socketUrl()', () => {
  test.for([
    ['http://hub:4444', 'ws://172.17.0.3:5555/session/1/se/bidi', 'ws://hub:4444/session/1/se/bidi'],
    [
      'https://grid.example.org',
      'ws://10.0.0.1:4444/session/1/se/cdp',
      'wss://grid.example.org/session/1/se/cdp',
    ],
    ['https://example.org/grid', 'ws://10.0.0.1:4444/session/1', 'wss://example.org/grid/session/1'],
    ['https://example.org/grid', 'ws://10.0.0.1:4444/grid/session/1', 'wss://example.org/grid/session/1'],
  ])('of a Grid at %s that advertises %s is %s', ([url, advertised, expected]) => {
    expect(socketUrl({ url: url! }, advertised!)).toBe(expected);
  });
});

test.for([
  ['http://localhost:4444', true],
  ['http://127.0.0.2:4444', true],
  ['http://[::1]:4444', true],
  ['http://hub:4444', false],
  ['http://127.example.org', false],
] as const)('isLoopback(%s) is %s', ([url, expected]) => {
  expect(isLoopback(url)).toBe(expected);
});
