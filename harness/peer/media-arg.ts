import { basename } from 'node:path';
import type { PeerRecord } from '../call-record.ts';
import { MEDIA_PROFILES, type MediaProfile } from '../media/profiles.ts';
import { RECORDED_FRAMES } from '../media/recorded-frames.ts';
import type { MediaSource } from '../plan/plan.ts';
import { parseDataRate } from '../units.ts';
import type { MediaOptions, VideoOptions } from './peer.ts';
import type { MediaArg } from './protocol.ts';

const NOISE_BITRATE = '4Mbps';
/**
 * What is captured and coded where recorded frames travel: the smallest picture of Chromium's fake camera, which turns
 * smaller ones upright (Chromium 156: 36×64 for 64×36).
 */
const TINY = { width: 96, height: 96, frameRate: RECORDED_FRAMES.frameRate, source: 'fake-device' } as const;
/**
 * More than the recording takes, so that no estimate for so small a picture holds it back, and little more: with 2 Mbit/s
 * Chromium 156 sent 11 % more than the recording in the first 3 s, probing it seems.
 */
const REPLAY_BITRATE_BPS = 800_000;
const REPLAYED = { ...TINY, maxBitrateBps: REPLAY_BITRATE_BPS, replayed: true } as const;
const USUAL = { width: 640, height: 360, frameRate: 20 } as const;

/**
 * What an agent is asked to open, everything decided.
 *
 * `source` and `profile`: what the run says; the script's own options win. A file takes the fake devices' place: the
 * browser was started with it.
 *
 * @throws TypeError when the bitrate is none: the scenario's own mistake
 */
export function mediaArg(
  { audio = true, video }: MediaOptions,
  source: MediaSource = { kind: 'fake-device' },
  profile: MediaProfile = MEDIA_PROFILES.real,
): MediaArg {
  const given = video === true ? {} : (video ?? (profile.video !== false && {}));
  const usual = source.kind === 'test-pattern' ? source.kind : 'fake-device';
  const isReplayed = profile.replays === true && video === undefined;
  const wanted = isReplayed ? REPLAYED : given && videoArg(given, usual, profile);
  const isPattern = (wanted ? wanted.source : usual) === 'test-pattern';
  const signedAs = given && given.signedAs;
  return {
    audio,
    ...(audio && isPattern && { tone: true }),
    ...(!profile.voiceProcessing && { voiceProcessing: false as const }),
    video: wanted,
    ...(signedAs && { signedAs }),
  };
}

function videoArg(
  { maxBitrate, signedAs: _, ...video }: VideoOptions,
  source: 'test-pattern' | 'fake-device',
  profile: MediaProfile,
): Exclude<MediaArg['video'], false> {
  const given = maxBitrate ?? (video.source === 'noise' ? NOISE_BITRATE : undefined);
  const maxBitrateBps = given && parseDataRate(given);
  if (given && !maxBitrateBps)
    throw new TypeError(`openMedia(): video.maxBitrate: expected a rate like "4Mbps", got "${given}"`);
  return { ...sizeOf(profile), source, ...video, ...(maxBitrateBps && { maxBitrateBps }) };
}

/** Of `real` the devices' own frame rate is taken: asked for 20, Firefox 153 paints its fake picture 30 times. */
function sizeOf({ video }: MediaProfile): { width: number; height: number; frameRate?: number } {
  const { width, height, frameRate } = video || USUAL;
  return frameRate === USUAL.frameRate ? { width, height } : { width, height, frameRate };
}

/** What is recorded of where the media comes from. */
export function sourceOf(
  { video, tone = false }: MediaArg,
  source: MediaSource = { kind: 'fake-device' },
): Pick<NonNullable<PeerRecord['source']>, 'kind' | 'files'> {
  if (video && video.replayed) return { kind: 'replay' };
  const kind = video ? video.source : tone ? 'test-pattern' : 'none';
  if (kind !== 'fake-device' || source.kind !== 'file') return { kind };
  const files = [source.video, source.audio].flatMap((path) => (path === undefined ? [] : [basename(path)]));
  return { kind: 'file', files };
}
