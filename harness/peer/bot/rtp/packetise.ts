import type { EncodedMedia } from '../media/ivf.ts';

/** Payload of a packet: with RTP, SRTP, UDP and IPv6 around it, it stays below 1280 bytes, which every path takes. */
const MOST_BYTES = 1150;

/** A frame as the payloads of its packets. Media is not copied: many senders share it. */
export interface PacketisedFrame {
  isKey: boolean;
  /** Each in parts, to be sent one behind the other. */
  payloads: (readonly Buffer[])[];
}

/** Pre-encoded media, ready to be sent. */
export interface PacketisedMedia {
  mimeType: 'video/VP8' | 'video/H264' | 'audio/opus';
  clockRate: number;
  /** Frames in a second; of audio, packets. */
  rate: number;
  width: number;
  height: number;
  frames: PacketisedFrame[];
}

/** @throws TypeError for media of another kind */
export function packetise(media: EncodedMedia): PacketisedMedia {
  const { fourcc, rate, width, height, frames } = media;
  const of = { rate, width, height };
  switch (fourcc) {
    case 'VP80':
      return { mimeType: 'video/VP8', clockRate: 90_000, ...of, frames: frames.map(packetiseVp8) };
    case 'H264':
      return { mimeType: 'video/H264', clockRate: 90_000, ...of, frames: frames.map(packetiseH264) };
    case 'OPUS':
      // A packet is a frame (RFC 7587 §4.2).
      return {
        mimeType: 'audio/opus',
        clockRate: 48_000,
        ...of,
        frames: frames.map((frame) => ({ isKey: true, payloads: [[frame]] })),
      };
    default:
      throw new TypeError(`media of kind ${fourcc} cannot be sent`);
  }
}

const VP8_START = Buffer.of(0x10);
const VP8_REST = Buffer.of(0x00);

/**
 * A descriptor of one byte, which says whether the frame begins here, and nothing else (RFC 7741 §4.2). The first bit of
 * the frame itself is 0 in a key frame (RFC 6386 §9.1).
 */
export function packetiseVp8(frame: Buffer): PacketisedFrame {
  const payloads = chunksOf(frame, MOST_BYTES).map((chunk, index) => [
    index === 0 ? VP8_START : VP8_REST,
    chunk,
  ]);
  return { isKey: (frame[0]! & 1) === 0, payloads };
}

const IDR = 5;
const FU_A = 28;

/**
 * Each unit in a packet of its own, or in fragments (RFC 6184 §5.6 and §5.8), which is packetization mode 1.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6184#section-6.3
 */
export function packetiseH264(frame: Buffer): PacketisedFrame {
  const units = unitsOf(frame);
  return {
    isKey: units.some((unit) => (unit[0]! & 0x1f) === IDR),
    payloads: units.flatMap((unit) => (unit.length <= MOST_BYTES ? [[unit]] : fragmentsOf(unit))),
  };
}

function fragmentsOf(unit: Buffer): (readonly Buffer[])[] {
  const importance = unit[0]! & 0xe0;
  const type = unit[0]! & 0x1f;
  const chunks = chunksOf(unit.subarray(1), MOST_BYTES - 2);
  return chunks.map((chunk, index) => {
    const start = index === 0 ? 0x80 : 0;
    const end = index === chunks.length - 1 ? 0x40 : 0;
    return [Buffer.of(importance | FU_A, start | end | type), chunk];
  });
}

/** What lies between start codes, 00 00 01 or 00 00 00 01 (ITU-T H.264 annex B). */
function unitsOf(stream: Buffer): Buffer[] {
  const units: Buffer[] = [];
  let begin = -1;
  for (let at = 0; at + 2 < stream.length; at++) {
    if (stream[at] !== 0 || stream[at + 1] !== 0 || stream[at + 2] !== 1) continue;
    if (begin >= 0) units.push(withoutZeros(stream.subarray(begin, at)));
    begin = at + 3;
    at += 2;
  }
  if (begin >= 0) units.push(stream.subarray(begin));
  return units.filter((unit) => unit.length > 0);
}

/** The zeros before a start code are not the unit's. */
function withoutZeros(unit: Buffer): Buffer {
  let end = unit.length;
  while (end > 0 && unit[end - 1] === 0) end--;
  return unit.subarray(0, end);
}

function chunksOf(bytes: Buffer, size: number): Buffer[] {
  const count = Math.max(1, Math.ceil(bytes.length / size));
  const even = Math.ceil(bytes.length / count);
  return Array.from({ length: count }, (_, index) => bytes.subarray(index * even, (index + 1) * even));
}
