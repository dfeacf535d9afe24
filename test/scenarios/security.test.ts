import { describe, expect, test } from 'vitest';
import e2ee from '../../scenarios/e2ee.ts';
import encryptionRequired from '../../scenarios/encryption-required.ts';
import { failedChecks, tryScenario, whyNotPassed } from '../helpers/try-scenario.ts';
import { unconfigured } from '../helpers/unconfigured.ts';
import { warmBrowsers } from '../helpers/warm-browsers.ts';

const browsers = warmBrowsers();
const PAIRS = ['chrome:firefox', 'firefox:chrome'];
const options = { durationMs: 2000 };

describe('encryption-required', () => {
  test('passes', async () => {
    await using run = await tryScenario(encryptionRequired, { pairs: PAIRS, browsers, options });
    expect(whyNotPassed(run)).toEqual([]);
    expect(run.result.status).toBe('passed');
  });

  test('fails if a call comes about that should not', async () => {
    await using run = await tryScenario(unconfigured(encryptionRequired), {
      pairs: ['chrome:chrome'],
      only: ['chrome:chrome/other-fingerprint'],
      browsers,
      options,
    });
    expect(run.result.status).toBe('failed');
    expect(await failedChecks(run)).toContain('the call is refused');
    expect(await failedChecks(run)).toContain('it was never connected');
  });

  test('fails if the origin that should be insecure is not', async () => {
    const secure: typeof encryptionRequired = {
      ...encryptionRequired,
      script: (context) => {
        for (const peer of context.peers) {
          const evaluate = peer.evaluate.bind(peer);
          peer.evaluate = (body, arg) => evaluate(body, { ...arg, host: '' });
        }
        return encryptionRequired.script(context);
      },
    };
    const only = ['chrome:chrome/insecure-origin'];
    await using run = await tryScenario(secure, { pairs: ['chrome:chrome'], only, browsers, options });
    expect(run.result.status).toBe('failed');
    expect(new Set(await failedChecks(run))).toEqual(new Set(['an insecure origin has no mediaDevices']));
  });

  test('passes over https and wss', async () => {
    const protocols: string[] = [];
    const overTls: typeof encryptionRequired = {
      ...encryptionRequired,
      script: async (context) => {
        await encryptionRequired.script(context);
        // The one server that page, agent and signaling are reached at speaks nothing else.
        for (const peer of context.peers) protocols.push(await peer.evaluate(() => location.protocol, null));
      },
    };
    await using run = await tryScenario(overTls, {
      pairs: ['chrome:firefox'],
      only: ['chrome:firefox/encrypted'],
      options: { ...options, tls: true },
    });
    expect(whyNotPassed(run)).toEqual([]);
    expect(protocols).toEqual(['https:', 'https:']);
  });
});

describe('e2ee', () => {
  test('passes', async () => {
    const only = [
      'chrome:firefox/same-key',
      'firefox:chrome/same-key',
      'chrome:firefox/other-key',
      'firefox:chrome/no-key',
    ];
    await using run = await tryScenario(e2ee, { pairs: PAIRS, only, browsers, options });
    expect(whyNotPassed(run)).toEqual([]);
  });

  test('fails if frames leave as they are', async () => {
    const only = ['chrome:chrome/same-key', 'chrome:chrome/no-key'];
    const pairs = ['chrome:chrome'];
    await using run = await tryScenario(unconfigured(e2ee), { pairs, only, browsers, options });
    expect(run.result.status).toBe('failed');
    expect(new Set(await failedChecks(run))).toEqual(
      new Set(['frames leave encrypted', 'every frame can be decrypted', 'the picture is not seen']),
    );
  });
});
