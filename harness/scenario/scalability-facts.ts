import type { Peer } from '../peer/peer.ts';
import { seenFrames } from './watch-frames.ts';
import type { Fact } from './scenario.ts';

/**
 * Whether video is sent in the layers of a scalability mode: the browser says that it is in use, and frames of every
 * layer were seen on their way from the encoder (see `watchFrames`).
 *
 * @see https://www.w3.org/TR/webrtc-svc/#scalabilitymodes*
 */
export async function scalabilityFacts(peer: Peer, mode: string): Promise<Fact[]> {
  const stats = Object.values(await peer.stats()).flat();
  const inUse = stats
    .filter(({ type, kind }) => type === 'outbound-rtp' && kind === 'video')
    .map(({ scalabilityMode }) => (typeof scalabilityMode === 'string' ? scalabilityMode : undefined));
  const sent = (await peer.evaluate(seenFrames, null)).sent.layers.toSorted((a, b) => a.localeCompare(b));
  const wanted = layersOf(mode);
  return [
    {
      name: 'the scalability mode is in use',
      peer,
      passed: inUse.length > 0 && inUse.every((each) => each === mode),
      expected: mode,
      actual: inUse.map((each) => each ?? 'none').join(', ') || 'no video',
      phase: 'rtp',
    },
    {
      name: 'frames of every layer are sent',
      peer,
      passed: sent.length === 0 ? undefined : wanted.join(' ') === sent.join(' '),
      expected: wanted.join(' '),
      actual: sent.join(' ') || 'no frame',
      phase: 'rtp',
    },
  ];
}

/** `L2T3`: two spatial layers of three temporal ones each. */
function layersOf(mode: string): string[] {
  const [, spatial = 1, temporal = 1] = (/^[LS](\d)T(\d)/.exec(mode) ?? []).map(Number);
  return Array.from({ length: spatial * temporal }, (_, i) => `${Math.floor(i / temporal)},${i % temporal}`);
}
