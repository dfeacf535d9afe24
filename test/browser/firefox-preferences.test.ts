import { describe, expect, test } from 'vitest';
import { firefoxPreferences } from '../../harness/browser/firefox-preferences.ts';

describe('firefoxPreferences()', () => {
  test('hides plain addresses behind mDNS names only if asked to', () => {
    const obfuscate = 'media.peerconnection.ice.obfuscate_host_addresses';
    expect(firefoxPreferences({ mdns: false })[obfuscate]).toBe(false);
    expect(firefoxPreferences({ mdns: true })).toEqual({
      ...firefoxPreferences({ mdns: false }),
      [obfuscate]: true,
    });
  });

  test('gives a page camera and microphone without a question', () => {
    expect(firefoxPreferences({ mdns: false })).toMatchObject({
      'media.navigator.streams.fake': true,
      'media.navigator.permission.disabled': true,
      'media.autoplay.default': 0,
    });
  });

  test('names no address to call home to', () => {
    const texts = Object.values(firefoxPreferences({ mdns: false })).filter(
      (value) => typeof value === 'string',
    );
    expect(texts.filter((text) => /^(https?|wss?):/.test(text))).toEqual([]);
  });
});
