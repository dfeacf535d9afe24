import { parseDataRate } from '../units.ts';
import type { MediaOptions, VideoOptions } from './peer.ts';
import type { MediaArg } from './protocol.ts';

const DEFAULT_VIDEO = { width: 640, height: 360, source: 'fake-device' } as const;
const NOISE_BITRATE = '4Mbps';

/**
 * What an agent is asked to open, everything decided.
 *
 * @throws TypeError when the bitrate is none: the scenario's own mistake
 */
export function mediaArg({ audio = true, video = true }: MediaOptions): MediaArg {
  return { audio, video: video && videoArg(video === true ? {} : video) };
}

function videoArg({ maxBitrate, ...video }: VideoOptions): Exclude<MediaArg['video'], false> {
  const given = maxBitrate ?? (video.source === 'noise' ? NOISE_BITRATE : undefined);
  const maxBitrateBps = given && parseDataRate(given);
  if (given && !maxBitrateBps)
    throw new TypeError(`openMedia(): video.maxBitrate: expected a rate like "4Mbps", got "${given}"`);
  return { ...DEFAULT_VIDEO, ...video, ...(maxBitrateBps && { maxBitrateBps }) };
}
