import { describe, expect, test } from 'vitest';
import p2pCall from '../../scenarios/p2p-call.ts';
import { RECORDED_FRAMES } from '../../harness/media/recorded-frames.ts';
import type { RawStat } from '../../harness/stats/sample.ts';
import { tryScenario, type TriedScenario, whyNotPassed } from '../helpers/try-scenario.ts';

const TABS = { isolation: 'tab' } as const;

describe('p2p-call with a media profile', () => {
  test('passes with a small picture and plain sound, from tabs of one process (light)', async () => {
    await using run = await tryScenario(p2pCall, { pairs: ['chrome:chrome'], media: 'light', fleet: TABS });
    expect(whyNotPassed(run)).toEqual([]);
    expect(run.result.fleet).toMatchObject({ media: 'light', independent: false, realContent: true });
    for (const peer of peersOf(run)) expect(peer.source).toBe('fake-device 320x180@10');
  });

  test('passes without pictures, and expects none (audio)', async () => {
    await using run = await tryScenario(p2pCall, { pairs: ['chrome:chrome'], media: 'audio', fleet: TABS });
    expect(whyNotPassed(run)).toEqual([]);
    expect(run.result.checks.inconclusive).toBe(0);
    for (const { metrics } of peersOf(run)) {
      expect(metrics['recv_bitrate_bps']).toBeGreaterThan(0);
      expect(metrics).not.toHaveProperty('fps_received');
    }
  });

  test('sends frames as large as the recorded ones and decodes tiny ones (replay)', async () => {
    const pairs = ['chrome:chrome', 'chrome:firefox'];
    await using run = await tryScenario(p2pCall, { pairs, media: 'replay' });
    expect(whyNotPassed(run)).toEqual([]);
    expect(run.result.fleet).toMatchObject({ media: 'replay', independent: true, realContent: false });
    for (const peer of peersOf(run)) expect(peer.source).toBe('replay 96x96@20');
    const sent = run.result.calls.flatMap(({ id }) =>
      ['caller', 'callee'].map((role) => sentBy(run, id, role)),
    );
    for (const { bytes, frames } of sent) {
      const ratio = bytes / frames / meanSize();
      expect(ratio).toBeGreaterThan(0.9);
      expect(ratio).toBeLessThan(1.1);
    }
  });
});

function peersOf({ result }: TriedScenario) {
  return result.calls.flatMap(({ peers }) => Object.values(peers));
}

/** Of recorded frames in the order they travel in: a key frame first. */
function meanSize(): number {
  const { key, delta } = RECORDED_FRAMES;
  const sizes = [...key, ...delta];
  return sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
}

/** Payload of a peer's video and its frames, from its second sample to the last: Chromium's first second counts more, by its probes as it seems. */
function sentBy({ stored }: TriedScenario, call: string, role: string): { bytes: number; frames: number } {
  const stats: Record<string, RawStat> = {};
  const counts: { bytes: number; frames: number }[] = [];
  for (const { changed } of stored.stats(call, role)) {
    for (const [id, fields] of Object.entries(changed)) stats[id] = { ...stats[id], ...fields } as RawStat;
    const video = Object.values(stats).find(({ type, kind }) => type === 'outbound-rtp' && kind === 'video');
    if (!video) continue;
    const { bytesSent, retransmittedBytesSent, framesEncoded } = video as unknown as Record<string, number>;
    counts.push({ bytes: bytesSent! - retransmittedBytesSent!, frames: framesEncoded! });
  }
  const [first, last] = [counts[1]!, counts.at(-1)!];
  return { bytes: last.bytes - first.bytes, frames: last.frames - first.frames };
}
