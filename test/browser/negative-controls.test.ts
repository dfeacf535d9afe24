import { describe, expect, test } from 'vitest';
import { callFacts, defineScenario } from '../../harness/index.ts';
import type { MediaOptions } from '../../harness/index.ts';
import type { RelayedMessage } from '../../signaling-stub/protocol.ts';
import p2pCall from '../../scenarios/p2p-call.ts';
import { tryScenario, type TriedScenario } from '../helpers/try-scenario.ts';
import { warmBrowsers } from '../helpers/warm-browsers.ts';

// Each gate is shown to fail: something is broken on purpose, and the verdict must name the phase that broke.

const browsers = warmBrowsers();

/** A call whose caller sends what `media` says; asked the same questions as p2p-call. */
function callSending(media: MediaOptions | 'nothing') {
  return defineScenario({
    name: 'broken-call',
    summary: 'A call that must not pass.',
    guardsAgainst: 'gates that cannot fail',
    roles: ['caller', 'callee'],
    thresholds: { checks: ['rate==1'] },
    async script({ caller, callee, step, hold, check }) {
      await step('join', () => Promise.all([caller.join(), callee.join()]));
      if (media !== 'nothing') await step('media', () => caller.openMedia(media));
      await callee.openMedia();
      await step('connect', () => caller.call(callee));
      await callee.receiveMedia();
      const seen = await step('hold', () => hold());
      check(...(await callFacts(callee, seen.callee)));
    },
  });
}

function failedChecks({ result }: TriedScenario): string[] {
  return result.calls.flatMap(({ checks }) =>
    checks.filter(({ status }) => status === 'failed').map(({ name }) => name),
  );
}

const PAIRS = [['chrome:chrome'], ['firefox:firefox']] as const;

describe.for(PAIRS)('a broken call in %s', ([pair]) => {
  test('fails in rtp if the caller sends nothing', async () => {
    await using run = await tryScenario(callSending('nothing'), { pairs: [pair], browsers });
    expect(run.result).toMatchObject({
      status: 'failed',
      exitCode: 99,
      calls: [{ status: 'failed', phase: 'rtp' }],
    });
    expect(failedChecks(run)).toEqual(
      expect.arrayContaining(['audio packets arrive', 'video frames are decoded']),
    );
  });

  test('fails in rtp if the picture is black', async () => {
    await using run = await tryScenario(callSending({ video: { source: 'black' } }), {
      pairs: [pair],
      browsers,
    });
    expect(run.result).toMatchObject({
      status: 'failed',
      exitCode: 99,
      calls: [{ status: 'failed', phase: 'rtp' }],
    });
    expect(failedChecks(run)).toEqual(['video is not black', 'video frames change']);
  });

  test('fails in rtp if the picture stands still', async () => {
    await using run = await tryScenario(callSending({ video: { source: 'still' } }), {
      pairs: [pair],
      browsers,
      options: { durationMs: 5000 },
    });
    expect(run.result).toMatchObject({ status: 'failed', calls: [{ status: 'failed', phase: 'rtp' }] });
    expect(failedChecks(run)).toEqual(['video frames change']);
  });

  test('passes if the picture is moving noise', async () => {
    await using run = await tryScenario(callSending({ video: { source: 'noise' } }), {
      pairs: [pair],
      browsers,
    });
    expect(failedChecks(run)).toEqual([]);
    expect(run.result).toMatchObject({ status: 'passed', exitCode: 0 });
  });

  test('fails in signaling if the answer is dropped', async () => {
    await using run = await tryScenario(p2pCall, {
      pairs: [pair],
      browsers,
      options: { callTimeoutMs: 6000 },
      intercept: (message) => (isDescription(message, 'answer') ? undefined : message),
    });
    expect(run.result).toMatchObject({
      status: 'failed',
      exitCode: 99,
      calls: [{ status: 'failed', phase: 'signaling' }],
    });
    expect(run.result.headline).toContain('the answer did not reach caller');
  });

  test('fails in negotiation if the offer is no SDP', async () => {
    await using run = await tryScenario(p2pCall, {
      pairs: [pair],
      browsers,
      intercept: (message) => withSdp(message, 'offer', () => 'v=0\r\nthis is no SDP\r\n'),
    });
    expect(run.result).toMatchObject({
      status: 'failed',
      calls: [{ status: 'failed', phase: 'negotiation' }],
    });
  });

  test('fails in dtls if the fingerprint of the answer is not that of the certificate', async () => {
    const broken = (sdp: string) =>
      sdp.replaceAll(/(a=fingerprint:sha-256 )\S+/g, `$1${Array(32).fill('AB').join(':')}`);
    await using run = await tryScenario(p2pCall, {
      pairs: [pair],
      browsers,
      options: { callTimeoutMs: 10_000 },
      intercept: (message) => withSdp(message, 'answer', broken),
    });
    expect(run.result).toMatchObject({ status: 'failed', calls: [{ status: 'failed', phase: 'dtls' }] });
  });

  test('fails in ice if no candidate is relayed', async () => {
    await using run = await tryScenario(p2pCall, {
      pairs: [pair],
      browsers,
      options: { callTimeoutMs: 10_000 },
      intercept: (message) =>
        message.kind === 'candidate'
          ? undefined
          : withSdp(withSdp(message, 'offer', noCandidates), 'answer', noCandidates),
    });
    expect(run.result).toMatchObject({ status: 'failed', calls: [{ status: 'failed', phase: 'ice' }] });
  });

  test('errors in agent if the page hangs', async () => {
    const hanging = defineScenario({
      name: 'hanging-page',
      summary: 'A page that never answers.',
      guardsAgainst: 'waiting for ever',
      roles: ['caller'],
      async script({ caller }) {
        await caller.evaluate(() => {
          for (;;);
        }, null);
      },
    });
    // In browsers of its own: such a page goes with its process.
    await using run = await tryScenario(hanging, { pairs: [pair.split(':')[0]!], silenceMs: 4000 });
    expect(run.result).toMatchObject({
      status: 'errored',
      exitCode: 112,
      calls: [{ status: 'errored', phase: 'agent' }],
    });
    expect(run.result.headline).toMatch(/hangs/);
  });

  test('errors in agent at once if the page navigates away', async () => {
    const leaving = defineScenario({
      name: 'leaving-page',
      summary: 'A page that leaves in the middle of a call.',
      guardsAgainst: 'waiting for ever',
      roles: ['caller', 'callee'],
      async script({ caller, callee, step, hold }) {
        await Promise.all([caller.join(), callee.join()]);
        await Promise.all([caller.openMedia(), callee.openMedia()]);
        await caller.call(callee);
        await callee.evaluate(() => void setTimeout(() => (location.href = 'about:blank'), 100), null);
        await step('hold', () => hold('60s'));
      },
    });
    await using run = await tryScenario(leaving, { pairs: [pair], browsers });
    expect(run.result).toMatchObject({ status: 'errored', calls: [{ status: 'errored', phase: 'agent' }] });
    expect(run.result.calls[0]!.durationMs).toBeLessThan(60_000);
    // What was measured before is kept.
    expect([...run.stored.stats('001-' + pair.replace(':', '-'), 'caller')].length).toBeGreaterThan(0);
  });
});

test('a script that throws ends its call as a script exception with exit code 107', async () => {
  const throwing = defineScenario({
    name: 'throwing-script',
    summary: 'A script with a mistake in it.',
    guardsAgainst: 'blaming browsers for scripts',
    roles: ['caller'],
    async script({ caller }) {
      await caller.join();
      throw new RangeError('one too many');
    },
  });
  await using run = await tryScenario(throwing, { pairs: ['chrome'], browsers });
  expect(run.result).toMatchObject({ status: 'errored', exitCode: 107, calls: [{ phase: 'script' }] });
  expect(run.result.headline).toContain('one too many');
});

function isDescription(message: RelayedMessage, type: string): boolean {
  return message.kind === 'description' && message.payload.type === type;
}

function withSdp(message: RelayedMessage, type: string, change: (sdp: string) => string): RelayedMessage {
  if (message.kind !== 'description' || message.payload.type !== type) return message;
  return { ...message, payload: { ...message.payload, sdp: change(message.payload.sdp ?? '') } };
}

function noCandidates(sdp: string): string {
  return sdp.replaceAll(/a=candidate:.*\r\n/g, '');
}
