import type { Peer } from '../peer/peer.ts';
import type { RawStat } from '../stats/sample.ts';
import type { Fact } from './scenario.ts';

/** One layer of simulcast, as it is asked for. */
export interface Layer {
  rid: string;
  /** How many times smaller than the source it is, in each direction. */
  scaleResolutionDownBy: number;
}

/** What `stats()` gives, by the remote peer's role. */
export type Reports = Readonly<Record<string, readonly RawStat[]>>;

/** Encoders want sizes in whole blocks. */
const SIZE_SLACK = 0.1;

/**
 * Whether every layer of simulcast is sent: frames go out in the size it was asked for, next to that of the largest, and
 * the largest takes the most bytes (noise may take more than the smallest is allowed). From the sender's statistics before
 * and after a stretch.
 *
 * @see https://www.w3.org/TR/webrtc-stats/#dom-rtcoutboundrtpstreamstats-rid
 */
export function layerFacts(
  peer: Peer,
  { before, after, layers }: { before: Reports; after: Reports; layers: readonly Layer[] },
): Fact[] {
  const sent = layers.map((layer) => ({ layer, ...sentOf(layer.rid, before, after) }));
  const largest = sent.toSorted((a, b) => (b.width ?? 0) - (a.width ?? 0))[0];
  const unit = largest && (largest.width ?? 0) * largest.layer.scaleResolutionDownBy;
  const rates = sent
    .toSorted((a, b) => b.layer.scaleResolutionDownBy - a.layer.scaleResolutionDownBy)
    .map(({ layer, bps }) => ({ rid: layer.rid, bps }));
  return [
    ...sent.flatMap((each) =>
      sizeFacts(peer, { ...each, wanted: unit && unit / each.layer.scaleResolutionDownBy }),
    ),
    {
      name: 'the largest layer takes the most bits',
      peer,
      passed: rates.every(({ bps }) => bps !== undefined)
        ? rates.slice(0, -1).every(({ bps }) => bps! < rates.at(-1)!.bps!)
        : undefined,
      expected: rates.at(-1)?.rid ?? 'a layer',
      actual: rates.map(({ rid, bps }) => `${rid} ${kbps(bps)}`).join(', '),
      phase: 'rtp',
    },
  ];
}

interface SentLayer {
  width?: number;
  height?: number;
  frames?: number;
  bps?: number;
}

function sizeFacts(
  peer: Peer,
  { layer: { rid }, frames, width, height, wanted }: SentLayer & { layer: Layer; wanted: number | undefined },
): Fact[] {
  return [
    {
      name: `layer ${rid} is sent`,
      peer,
      passed: frames !== undefined && frames > 0,
      expected: 'more than 0 frames',
      actual: frames === undefined ? 'no such stream' : `${frames} frames`,
      phase: 'rtp',
    },
    {
      name: `layer ${rid} has its size`,
      peer,
      passed: width === undefined || !wanted ? undefined : Math.abs(width / wanted - 1) <= SIZE_SLACK,
      expected: wanted ? `about ${Math.round(wanted)} wide, next to the largest` : 'a size',
      actual: width === undefined ? 'not reported' : `${width}×${height}`,
      phase: 'rtp',
    },
  ];
}

function sentOf(rid: string, before: Reports, after: Reports): SentLayer {
  const find = (reports: Reports) =>
    Object.values(reports)
      .flat()
      .find((stat) => stat.type === 'outbound-rtp' && stat['rid'] === rid);
  const first = find(before);
  const last = find(after);
  if (!last) return {};
  const value = (field: string) => (typeof last[field] === 'number' ? last[field] : undefined);
  const gained = (field: string) => {
    const total = value(field);
    return total === undefined ? undefined : total - Number(first?.[field] ?? 0);
  };
  const bytes = gained('bytesSent');
  const ms = first && last.timestamp - first.timestamp;
  const [width, height, frames] = [value('frameWidth'), value('frameHeight'), gained('framesSent')];
  return {
    ...(width !== undefined && { width }),
    ...(height !== undefined && { height }),
    ...(frames !== undefined && { frames }),
    ...(bytes !== undefined && ms && { bps: (bytes * 8000) / ms }),
  };
}

/**
 * Whether each layer arrives as a video of its own, decoded in the size it was sent in: `layer` is then the section it
 * came in, see `layersApart`.
 */
export function layersReceivedFacts(
  peer: Peer,
  { sent, received, layers }: { sent: Reports; received: Reports; layers: readonly Layer[] },
): Fact[] {
  const inbound = Object.values(received)
    .flat()
    .filter(({ type, kind }) => type === 'inbound-rtp' && kind === 'video');
  return layers.map(({ rid }): Fact => {
    const { width } = sentOf(rid, {}, sent);
    const found = inbound.find((stat) => stat['mid'] === rid);
    const decoded = Number(found?.['framesDecoded'] ?? 0);
    return {
      name: `layer ${rid} is decoded`,
      peer,
      passed: found !== undefined && decoded > 0 && (width === undefined || found['frameWidth'] === width),
      expected: width === undefined ? 'frames' : `frames ${width} wide`,
      actual: found ? `${decoded} frames, ${Number(found['frameWidth'])} wide` : 'no such stream',
      phase: 'rtp',
    };
  });
}

const kbps = (bps: number | undefined): string =>
  bps === undefined ? 'unknown' : `${Math.round(bps / 1000)} kbit/s`;
