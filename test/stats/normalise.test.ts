import { describe, expect, test } from 'vitest';
import { applyDeltas } from '../../harness/stats/delta.ts';
import { normalise } from '../../harness/stats/normalise.ts';
import type { RawStat, StatsSample } from '../../harness/stats/sample.ts';
import { recordedNames, recordedPeer } from '../fixtures/recorded.ts';

const lastOf = (name: string) => applyDeltas(recordedPeer(name).samples).at(-1)!;
const change = (sample: StatsSample, type: string, fields: Record<string, unknown>): StatsSample => ({
  ...sample,
  stats: sample.stats.map((stat) => (stat.type === type ? { ...stat, ...fields } : stat)) as RawStat[],
});

describe('normalise()', () => {
  test.for(recordedNames())('finds pair, transport and streams of a recorded call (%s)', (name) => {
    const { pair, transport, inbound, outbound } = normalise(lastOf(name));
    expect(pair).toMatchObject({
      candidateType: 'host',
      protocol: 'udp',
      local: expect.stringMatching(/:\d+$/),
    });
    expect(transport).toMatchObject({
      dtlsState: 'connected',
      tlsVersion: 'DTLS 1.3',
      srtpCipher: expect.stringMatching(/^SRTP_/),
    });
    for (const streams of [inbound, outbound]) {
      expect(streams.map(({ kind, codec }) => `${kind} ${codec}`).toSorted()).toEqual([
        'audio opus',
        'video VP8',
      ]);
    }
  });

  test('follows transport.selectedCandidatePairId where several pairs are nominated', () => {
    const sample = lastOf('chromium-156/caller-with-firefox-153');
    const nominated = sample.stats.filter((stat) => stat['nominated'] === true);
    expect(nominated.length).toBeGreaterThan(1);
    const transport = sample.stats.find(({ type }) => type === 'transport')!;
    expect(normalise(sample).pair?.stat.id).toBe(transport['selectedCandidatePairId']);
  });

  test("follows Firefox's selected flag if the transport names no pair", () => {
    const sample = change(lastOf('firefox-153/caller-with-chromium-156'), 'transport', {
      selectedCandidatePairId: undefined,
    });
    expect(normalise(sample).pair?.stat['selected']).toBe(true);
  });

  test('falls back on the nominated pair that succeeded if nothing else tells', () => {
    const firefox = change(lastOf('firefox-153/caller-with-chromium-156'), 'transport', {
      selectedCandidatePairId: undefined,
    });
    const sample = change(firefox, 'candidate-pair', { selected: undefined });
    expect(normalise(sample).pair?.stat).toMatchObject({ nominated: true, state: 'succeeded' });
  });

  test('has no pair before ICE selected one', () => {
    const first = applyDeltas(recordedPeer('chromium-156/caller-with-firefox-153').samples)[0]!;
    const { pair, transport } = normalise(first);
    expect({ pair, transport }).toEqual({ pair: undefined, transport: {} });
  });

  test('says relay if only the remote candidate is one', () => {
    const sample = change(lastOf('chromium-156/caller-with-firefox-153'), 'remote-candidate', {
      candidateType: 'relay',
    });
    expect(normalise(sample).pair).toMatchObject({
      localType: 'host',
      remoteType: 'relay',
      candidateType: 'relay',
    });
  });

  test('takes a round trip of 0 as absent', () => {
    const sample = change(lastOf('firefox-153/caller-with-chromium-156'), 'candidate-pair', {
      currentRoundTripTime: 0,
    });
    expect(normalise(sample).pair).not.toHaveProperty('currentRoundTripTime');
  });

  test('leaves the SRTP cipher absent if the browser does not report one', () => {
    const sample = change(lastOf('chromium-156/caller-with-firefox-153'), 'transport', {
      srtpCipher: undefined,
    });
    expect(normalise(sample).transport).not.toHaveProperty('srtpCipher');
  });

  test.for(recordedNames())('gives each outbound stream the source it sends (%s)', (name) => {
    const { outbound, inbound } = normalise(lastOf(name));
    const sources = outbound.map(
      ({ kind, source }) => `${kind}: ${source?.type} ${String(source?.['kind'])}`,
    );
    expect(sources.toSorted()).toEqual(['audio: media-source audio', 'video: media-source video']);
    expect(outbound.find(({ kind }) => kind === 'video')!.source!['frames']).toBeGreaterThan(50);
    expect(inbound.every((stream) => !('source' in stream))).toBe(true);
  });

  test('gives a stream no source if it names none and there are two', () => {
    const sample = lastOf('chromium-156/caller-with-firefox-153');
    const video = sample.stats.find(({ type, kind }) => type === 'media-source' && kind === 'video')!;
    const unnamed = change(sample, 'outbound-rtp', { mediaSourceId: undefined });
    unnamed.stats.push({ ...video, id: 'another' });
    const isKnown = normalise(unnamed).outbound.map(({ kind, source }) => `${kind} ${source !== undefined}`);
    expect(isKnown.toSorted()).toEqual(['audio true', 'video false']);
  });
});
