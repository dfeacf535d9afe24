import { describe, expect, test } from 'vitest';
import { chromiumFlags, type ChromiumFlagOptions } from '../../harness/browser/chromium-flags.ts';

const flags = (options: Partial<ChromiumFlagOptions> = {}): string[] =>
  chromiumFlags({
    profile: '/profiles/chrome',
    headed: false,
    mdns: false,
    acceptRunCertificate: false,
    sandbox: true,
    platform: 'linux',
    ...options,
  });
const disabledFeatures = (options?: Partial<ChromiumFlagOptions>): string[] =>
  flags(options)
    .find((flag) => flag.startsWith('--disable-features='))!
    .split('=')[1]!
    .split(',');

describe('chromiumFlags()', () => {
  test('keeps to its own profile and port, and opens an empty page', () => {
    expect(flags()).toContain('--user-data-dir=/profiles/chrome');
    expect(flags()).toContain('--remote-debugging-port=0');
    expect(flags().at(-1)).toBe('about:blank');
  });

  test('gives each flag once: of two, Chromium takes the last', () => {
    const names = flags({ headed: false, acceptRunCertificate: true, sandbox: false }).map(
      (flag) => flag.split('=')[0],
    );
    expect(names).toEqual([...new Set(names)]);
  });

  test.for<[flag: string, given: Partial<ChromiumFlagOptions>, not: Partial<ChromiumFlagOptions>]>([
    ['--headless=new', { headed: false }, { headed: true }],
    ['--ignore-certificate-errors', { acceptRunCertificate: true }, { acceptRunCertificate: false }],
    [
      '--ignore-certificate-errors-spki-list=a=,b=',
      { acceptRunCertificate: true, trustedSpki: ['a=', 'b='] },
      { acceptRunCertificate: false, trustedSpki: ['a=', 'b='] },
    ],
    [
      '--ignore-certificate-errors',
      { acceptRunCertificate: true },
      { acceptRunCertificate: true, trustedSpki: ['a='] },
    ],
    ['--no-sandbox', { sandbox: false }, { sandbox: true }],
    ['--disable-dev-shm-usage', { platform: 'linux' }, { platform: 'darwin' }],
    ['--use-fake-ui-for-media-stream', { mdns: false }, { mdns: true }],
    ['--auto-accept-camera-and-microphone-capture', { mdns: true }, { mdns: false }],
  ])('holds %s if %o, and not if %o', ([flag, given, not]) => {
    expect(flags(given)).toContain(flag);
    expect(flags(not)).not.toContain(flag);
  });

  test('hides plain addresses behind mDNS names only if asked to', () => {
    expect(disabledFeatures({ mdns: false })).toContain('WebRtcHideLocalIpsWithMdns');
    expect(disabledFeatures({ mdns: true })).not.toContain('WebRtcHideLocalIpsWithMdns');
    expect(disabledFeatures({ mdns: true })).toContain('Translate');
  });
});
