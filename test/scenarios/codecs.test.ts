import { describe, expect, test } from 'vitest';
import { KNOWN_FAILURES } from '../../harness/known/known-failures.ts';
import { expectedIn, explain } from '../../harness/known/match.ts';
import bitrateCap from '../../scenarios/bitrate-cap.ts';
import codecMatrix from '../../scenarios/codec-matrix.ts';
import simulcast from '../../scenarios/simulcast.ts';
import svc from '../../scenarios/svc.ts';
import { failedChecks, tryScenario, whyNotPassed } from '../helpers/try-scenario.ts';
import { unconfigured } from '../helpers/unconfigured.ts';
import { warmBrowsers } from '../helpers/warm-browsers.ts';

const browsers = warmBrowsers();
const PAIRS = ['chrome:firefox', 'firefox:chrome'];
const options = { durationMs: 2000 };

describe('codec-matrix', () => {
  test.for([
    ['chrome:firefox', ['av1', 'pcmu', 'vp8-alone']],
    ['firefox:chrome', ['vp9', 'opus-alone']],
    ['chrome:chrome', ['h264', 'red']],
  ] as const)('passes in %s with %o', async ([pair, cases]) => {
    const only = cases.map((each) => `${pair}/${each}`);
    await using run = await tryScenario(codecMatrix, { pairs: [pair], only, browsers, options });
    expect(whyNotPassed(run)).toEqual([]);
    expect(run.result.calls.length).toBe(cases.length);
  });

  test('fails for a known reason, if at all, where Firefox offers one codec to Chrome', async () => {
    const pairs = ['firefox:chrome'];
    const only = ['firefox:chrome/vp8-alone'];
    await using run = await tryScenario(codecMatrix, { pairs, only, browsers, options });
    const [call] = run.result.calls;
    const known = explain(call!, expectedIn(call!, KNOWN_FAILURES));
    expect(known ?? whyNotPassed(run)).toEqual(known ? [expect.anything()] : []);
  });

  test('fails if an offer still has feedback of codecs that it leaves out', async () => {
    await using run = await tryScenario(codecMatrix, {
      pairs: ['chrome:chrome'],
      only: ['chrome:chrome/vp8-alone'],
      browsers,
      options,
      intercept: (message) => {
        if (message.kind !== 'description' || message.payload.type !== 'offer') return message;
        const sdp = `${message.payload.sdp}a=rtcp-fb:127 nack pli\r\n`;
        return { ...message, payload: { ...message.payload, sdp } };
      },
    });
    expect(run.result.status).toBe('failed');
    expect(whyNotPassed(run).join()).toContain('setRemoteDescription(offer)');
  });

  test('fails if the browsers use another codec', async () => {
    const only = ['chrome:chrome/vp9'];
    const pairs = ['chrome:chrome'];
    await using run = await tryScenario(unconfigured(codecMatrix), { pairs, only, browsers, options });
    expect(run.result.status).toBe('failed');
    expect(new Set(await failedChecks(run))).toEqual(
      new Set(['video is sent with the codec', 'video is received with the codec']),
    );
  });
});

describe('simulcast', () => {
  test('passes', async () => {
    await using run = await tryScenario(simulcast, { pairs: PAIRS, browsers });
    expect(whyNotPassed(run)).toEqual([]);
  });

  test('fails if one video is sent once', async () => {
    await using run = await tryScenario(unconfigured(simulcast), {
      pairs: ['chrome:chrome'],
      browsers,
      options: { ...options, callTimeoutMs: 10_000 },
    });
    expect(run.result.status).toBe('failed');
    expect(whyNotPassed(run).join()).toContain('frames of every layer');
  });
});

describe('svc', () => {
  test('passes, and is unsupported by browsers that send no layers', async () => {
    const only = ['vp8-l1t2', 'vp9-l3t3'].flatMap((mode) => PAIRS.map((pair) => `${pair}/${mode}`));
    await using run = await tryScenario(svc, { pairs: PAIRS, only, browsers, options });
    const statuses = run.result.calls.map(({ cell, status }) => `${cell} ${status}`);
    expect(statuses.filter((each) => /failed|errored/.test(each))).toEqual([]);
    expect(statuses.filter((each) => each.endsWith('unsupported')).length).toBeLessThan(only.length);
  });

  test('fails if the video has one layer', async () => {
    const only = ['chrome:chrome/vp9-l3t3'];
    await using run = await tryScenario(unconfigured(svc), {
      pairs: ['chrome:chrome'],
      only,
      browsers,
      options,
    });
    expect(run.result.status).toBe('failed');
    expect(await failedChecks(run)).toContain('the scalability mode is in use');
  });
});

describe('bitrate-cap', () => {
  test('passes', async () => {
    await using run = await tryScenario(bitrateCap, {
      pairs: ['chrome:firefox'],
      browsers,
      options: { durationMs: 4000 },
    });
    expect(whyNotPassed(run)).toEqual([]);
  });

  test('fails if the limit is not kept to', async () => {
    const limitless: typeof bitrateCap = {
      ...bitrateCap,
      script: (context) => {
        context.caller.evaluate = <Result>() => Promise.resolve(undefined as Result);
        return bitrateCap.script(context);
      },
    };
    await using run = await tryScenario(limitless, {
      pairs: ['chrome:chrome'],
      browsers,
      options: { durationMs: 4000 },
    });
    expect(run.result.status).toBe('failed');
    expect(await failedChecks(run)).toContain('it keeps to the limit');
  });
});
