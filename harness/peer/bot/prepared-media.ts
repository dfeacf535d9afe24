import { readFileSync } from 'node:fs';
import { parseIvf } from './media/ivf.ts';
import { packetise, type PacketisedMedia } from './rtp/packetise.ts';

const FILES = {
  VP8: 'camera-vp8.ivf',
  H264: 'camera-h264.ivf',
  OPUS: 'microphone-opus.ivf',
} as const;

const read = new Map<string, PacketisedMedia>();

/** What a bot sends in that codec; read once for all bots of the process. `undefined` if there is none in it. */
export function preparedMedia(codec: string): PacketisedMedia | undefined {
  const name = codec.toUpperCase();
  if (!Object.hasOwn(FILES, name)) return undefined;
  const known = read.get(name);
  if (known) return known;
  const file = new URL(`./media/${FILES[name as keyof typeof FILES]}`, import.meta.url);
  const media = packetise(parseIvf(readFileSync(file)));
  read.set(name, media);
  return media;
}
