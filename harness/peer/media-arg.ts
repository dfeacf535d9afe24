import { basename } from 'node:path';
import type { PeerRecord } from '../call-record.ts';
import type { MediaSource } from '../plan/plan.ts';
import { parseDataRate } from '../units.ts';
import type { MediaOptions, VideoOptions } from './peer.ts';
import type { MediaArg } from './protocol.ts';

const DEFAULT_VIDEO = { width: 640, height: 360 } as const;
const NOISE_BITRATE = '4Mbps';

/**
 * What an agent is asked to open, everything decided.
 *
 * `source`: what the run says. A file takes the fake devices' place: the browser was started with it.
 *
 * @throws TypeError when the bitrate is none: the scenario's own mistake
 */
export function mediaArg(
  { audio = true, video = true }: MediaOptions,
  source: MediaSource = { kind: 'fake-device' },
): MediaArg {
  const given = video === true ? {} : video;
  const usual = source.kind === 'test-pattern' ? source.kind : 'fake-device';
  const wanted = given && videoArg(given, usual);
  const isPattern = (wanted ? wanted.source : usual) === 'test-pattern';
  const signedAs = given && given.signedAs;
  return {
    audio,
    ...(audio && isPattern && { tone: true }),
    video: wanted,
    ...(signedAs && { signedAs }),
  };
}

function videoArg(
  { maxBitrate, signedAs: _, ...video }: VideoOptions,
  source: 'test-pattern' | 'fake-device',
): Exclude<MediaArg['video'], false> {
  const given = maxBitrate ?? (video.source === 'noise' ? NOISE_BITRATE : undefined);
  const maxBitrateBps = given && parseDataRate(given);
  if (given && !maxBitrateBps)
    throw new TypeError(`openMedia(): video.maxBitrate: expected a rate like "4Mbps", got "${given}"`);
  return { ...DEFAULT_VIDEO, source, ...video, ...(maxBitrateBps && { maxBitrateBps }) };
}

/** What is recorded of where the media comes from. */
export function sourceOf(
  { video, tone = false }: MediaArg,
  source: MediaSource = { kind: 'fake-device' },
): Pick<NonNullable<PeerRecord['source']>, 'kind' | 'files'> {
  const kind = video ? video.source : tone ? 'test-pattern' : 'none';
  if (kind !== 'fake-device' || source.kind !== 'file') return { kind };
  const files = [source.video, source.audio].flatMap((path) => (path === undefined ? [] : [basename(path)]));
  return { kind: 'file', files };
}
