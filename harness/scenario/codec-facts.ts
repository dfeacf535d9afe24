import type { Peer } from '../peer/peer.ts';
import { normalise, type RtpStream } from '../stats/normalise.ts';
import type { Fact } from './scenario.ts';
import { seenFrames } from './watch-frames.ts';

export interface CodecExpectation {
  kind: 'audio' | 'video';
  /** Without the kind: `VP9`. */
  codec: string;
  /** Default both. */
  directions?: readonly ('sent' | 'received')[];
  /**
   * Told from the encoded frames themselves, see `watchFrames`, in place of the statistics: of RED these name the codec
   * inside (Chromium 156).
   */
  byFrames?: boolean;
}

/**
 * Whether media of a kind really goes out and comes in with a codec, as the peer's own statistics say: what was asked
 * for, or agreed on, may not be what is used.
 *
 * @see https://www.w3.org/TR/webrtc-stats/#dom-rtcrtpstreamstats-codecid
 */
export async function codecFacts(
  peer: Peer,
  { kind, codec, directions = ['sent', 'received'], byFrames = false }: CodecExpectation,
): Promise<Fact[]> {
  const inUse = byFrames ? await codecsOfFrames(peer, kind) : await codecsOfStats(peer, kind);
  return directions.map((direction): Fact => {
    const used = inUse[direction];
    const isRight = used.length > 0 && used.every((each) => each?.toLowerCase() === codec.toLowerCase());
    return {
      name: `${kind} is ${direction} with the codec`,
      peer,
      passed: used.includes(undefined) ? undefined : isRight,
      expected: codec,
      actual: used.map((each) => each ?? 'not reported').join(', ') || `no ${kind}`,
      phase: 'negotiation',
    };
  });
}

type InUse = Record<'sent' | 'received', (string | undefined)[]>;

async function codecsOfStats(peer: Peer, kind: string): Promise<InUse> {
  const samples = Object.values(await peer.stats()).map((stats) =>
    normalise({ t: 0, connection: '', seq: 0, lateMs: 0, costMs: 0, stats }),
  );
  const codecs = (streams: RtpStream[]) =>
    streams.filter((stream) => stream.kind === kind).map((stream) => stream.codec);
  return {
    sent: codecs(samples.flatMap(({ outbound }) => outbound)),
    received: codecs(samples.flatMap(({ inbound }) => inbound)),
  };
}

async function codecsOfFrames(peer: Peer, kind: string): Promise<InUse> {
  const { sent, received } = await peer.evaluate(seenFrames, null);
  const codecs = (mimeTypes: readonly string[]) =>
    mimeTypes.filter((each) => each.startsWith(`${kind}/`)).map((each) => each.slice(kind.length + 1));
  return { sent: codecs(sent.codecs), received: codecs(received.codecs) };
}
