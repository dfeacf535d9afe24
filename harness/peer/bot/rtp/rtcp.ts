/**
 * RTCP as far as a bot needs it: reports, and what asks for packets or pictures again.
 *
 * @see https://www.rfc-editor.org/rfc/rfc3550#section-6
 * @see https://www.rfc-editor.org/rfc/rfc4585#section-6
 */
const SR = 200;
const RR = 201;
const SDES = 202;
const TRANSPORT_FEEDBACK = 205;
const PAYLOAD_FEEDBACK = 206;
const NACK = 1;
const PLI = 1;
const FIR = 4;
const APPLICATION = 15;

/** What the other side says of a stream that it receives. */
export interface ReportBlock {
  ssrc: number;
  /** In 256ths. */
  fractionLost: number;
  lost: number;
  highestSequence: number;
  /** In the stream's clock. */
  jitter: number;
  /** The middle of the NTP time of the last sender report it got, 0 if it got none; and how long ago, in 65536ths of a second. */
  lastReport: number;
  delaySinceLastReport: number;
}

export type RtcpMessage =
  | { type: 'sender-report'; ssrc: number; ntp: number; packets: number; bytes: number }
  | { type: 'report'; block: ReportBlock }
  /** Packets of that stream to be sent again. */
  | { type: 'nack'; ssrc: number; sequences: number[] }
  /** A picture of that stream to be sent whole. */
  | { type: 'pli' | 'fir'; ssrc: number };

/** Everything in a compound packet that is known here; what is not, or is cut off, is left out. */
export function parseRtcp(compound: Buffer): RtcpMessage[] {
  const messages: RtcpMessage[] = [];
  for (let at = 0; at + 8 <= compound.length;) {
    const sizeBytes = (compound.readUInt16BE(at + 2) + 1) * 4;
    const packet = compound.subarray(at, at + sizeBytes);
    if (packet.length < sizeBytes) break;
    messages.push(...parseOne(packet));
    at += sizeBytes;
  }
  return messages;
}

function parseOne(packet: Buffer): RtcpMessage[] {
  const count = packet[0]! & 0x1f;
  switch (packet[1]) {
    case SR:
      if (packet.length < 28) return [];
      return [
        {
          type: 'sender-report',
          ssrc: packet.readUInt32BE(4),
          ntp: middleOf(packet, 8),
          packets: packet.readUInt32BE(20),
          bytes: packet.readUInt32BE(24),
        },
        ...blocksIn(packet, 28, count),
      ];
    case RR:
      return blocksIn(packet, 8, count);
    case TRANSPORT_FEEDBACK:
      return count === NACK ? nackIn(packet) : [];
    case PAYLOAD_FEEDBACK:
      if (count === PLI && packet.length >= 12) return [{ type: 'pli', ssrc: packet.readUInt32BE(8) }];
      return count === FIR && packet.length >= 20 ? [{ type: 'fir', ssrc: packet.readUInt32BE(12) }] : [];
    default:
      return [];
  }
}

function blocksIn(packet: Buffer, from: number, count: number): RtcpMessage[] {
  const blocks: RtcpMessage[] = [];
  for (let at = from; blocks.length < count && at + 24 <= packet.length; at += 24) {
    const block = {
      ssrc: packet.readUInt32BE(at),
      fractionLost: packet[at + 4]!,
      lost: packet.readIntBE(at + 5, 3),
      highestSequence: packet.readUInt32BE(at + 8),
      jitter: packet.readUInt32BE(at + 12),
      lastReport: packet.readUInt32BE(at + 16),
      delaySinceLastReport: packet.readUInt32BE(at + 20),
    };
    blocks.push({ type: 'report', block });
  }
  return blocks;
}

/** A sequence number, and a bit for each of the 16 that follow it (RFC 4585 §6.2.1). */
function nackIn(packet: Buffer): RtcpMessage[] {
  if (packet.length < 12) return [];
  const sequences: number[] = [];
  for (let at = 12; at + 4 <= packet.length; at += 4) {
    const first = packet.readUInt16BE(at);
    const others = packet.readUInt16BE(at + 2);
    sequences.push(first);
    for (let bit = 0; bit < 16; bit++) if (others & (1 << bit)) sequences.push((first + bit + 1) & 0xffff);
  }
  return [{ type: 'nack', ssrc: packet.readUInt32BE(8), sequences }];
}

/** Seconds between 1900 and 1970. */
const NTP_EPOCH = 2_208_988_800;

/** Epoch ms → the middle 32 bits of its NTP time, in 65536ths of a second: as reports name each other. */
export function middleNtp(epochMs: number): number {
  const seconds = epochMs / 1000 + NTP_EPOCH;
  return Math.floor((seconds % 0x1_0000) * 0x1_0000) >>> 0;
}

function middleOf(packet: Buffer, at: number): number {
  return packet.readUInt32BE(at + 2);
}

/** Sender's report, with what it receives itself and its name: a compound packet. */
export function buildSenderReport(report: {
  ssrc: number;
  epochMs: number;
  timestamp: number;
  packets: number;
  bytes: number;
  cname: string;
  blocks?: readonly ReportBlock[];
}): Buffer {
  const { ssrc, epochMs, timestamp, packets, bytes, cname, blocks = [] } = report;
  const packet = header(SR, blocks.length, 28 + blocks.length * 24);
  const seconds = epochMs / 1000 + NTP_EPOCH;
  packet.writeUInt32BE(ssrc, 4);
  packet.writeUInt32BE(Math.floor(seconds) >>> 0, 8);
  packet.writeUInt32BE(Math.floor((seconds % 1) * 2 ** 32) >>> 0, 12);
  packet.writeUInt32BE(timestamp, 16);
  packet.writeUInt32BE(packets >>> 0, 20);
  packet.writeUInt32BE(bytes >>> 0, 24);
  blocks.forEach((block, index) => writeBlock(packet, 28 + index * 24, block));
  return Buffer.concat([packet, describe(ssrc, cname)]);
}

/** Of one who sends nothing. */
export function buildReceiverReport({
  ssrc,
  cname,
  blocks,
}: {
  ssrc: number;
  cname: string;
  blocks: readonly ReportBlock[];
}): Buffer {
  const packet = header(RR, blocks.length, 8 + blocks.length * 24);
  packet.writeUInt32BE(ssrc, 4);
  blocks.forEach((block, index) => writeBlock(packet, 8 + index * 24, block));
  return Buffer.concat([packet, describe(ssrc, cname)]);
}

/** Asks for a whole picture of `media`. */
export function buildPli({ ssrc, media }: { ssrc: number; media: number }): Buffer {
  const packet = header(PAYLOAD_FEEDBACK, PLI, 12);
  packet.writeUInt32BE(ssrc, 4);
  packet.writeUInt32BE(media, 8);
  return packet;
}

/**
 * How much of `media` may be sent, bit/s. Browsers start low and do not go up by receiver reports alone.
 *
 * @see https://datatracker.ietf.org/doc/html/draft-alvestrand-rmcat-remb-03#section-2.2
 */
export function buildRemb({ ssrc, media, bps }: { ssrc: number; media: number; bps: number }): Buffer {
  const packet = header(PAYLOAD_FEEDBACK, APPLICATION, 24);
  packet.writeUInt32BE(ssrc, 4);
  packet.write('REMB', 12, 'latin1');
  let exponent = 0;
  let mantissa = Math.floor(bps);
  while (mantissa >= 2 ** 18) {
    mantissa = Math.floor(mantissa / 2);
    exponent++;
  }
  packet.writeUInt32BE(((1 << 24) | (exponent << 18) | mantissa) >>> 0, 16);
  packet.writeUInt32BE(media, 20);
  return packet;
}

/** Rounds up to whole words of 4 bytes. */
function header(type: number, count: number, sizeBytes: number): Buffer {
  const packet = Buffer.alloc(sizeBytes);
  packet[0] = 0x80 | count;
  packet[1] = type;
  packet.writeUInt16BE(sizeBytes / 4 - 1, 2);
  return packet;
}

function writeBlock(packet: Buffer, at: number, block: ReportBlock): void {
  packet.writeUInt32BE(block.ssrc, at);
  packet[at + 4] = block.fractionLost;
  packet.writeIntBE(Math.max(-0x80_0000, Math.min(0x7f_ffff, block.lost)), at + 5, 3);
  packet.writeUInt32BE(block.highestSequence >>> 0, at + 8);
  packet.writeUInt32BE(block.jitter >>> 0, at + 12);
  packet.writeUInt32BE(block.lastReport, at + 16);
  packet.writeUInt32BE(block.delaySinceLastReport, at + 20);
}

/** The canonical name (RFC 3550 §6.5), with the zero bytes that end the list. */
function describe(ssrc: number, cname: string): Buffer {
  const sizeBytes = Math.ceil((8 + 2 + cname.length + 1) / 4) * 4;
  const packet = header(SDES, 1, sizeBytes);
  packet.writeUInt32BE(ssrc, 4);
  packet[8] = 1;
  packet[9] = cname.length;
  packet.write(cname, 10, 'latin1');
  return packet;
}
