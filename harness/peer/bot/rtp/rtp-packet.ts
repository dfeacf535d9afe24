/** What is read of an RTP packet's header (RFC 3550 §5.1). */
export interface RtpHeader {
  payloadType: number;
  marker: boolean;
  sequence: number;
  timestamp: number;
  ssrc: number;
  /** Header with its extensions, and padding: what is not media. */
  headerBytes: number;
  paddingBytes: number;
}

const FIXED_BYTES = 12;

/** `undefined` for what is no RTP packet, or is cut off inside its header. */
export function parseRtp(packet: Buffer): RtpHeader | undefined {
  if (packet.length < FIXED_BYTES || packet[0]! >> 6 !== 2) return undefined;
  const csrcBytes = (packet[0]! & 0x0f) * 4;
  const hasExtension = (packet[0]! & 0x10) !== 0;
  let headerBytes = FIXED_BYTES + csrcBytes;
  if (hasExtension) {
    if (packet.length < headerBytes + 4) return undefined;
    headerBytes += 4 + packet.readUInt16BE(headerBytes + 2) * 4;
  }
  if (packet.length < headerBytes) return undefined;
  const paddingBytes = (packet[0]! & 0x20) === 0 ? 0 : packet[packet.length - 1]!;
  if (headerBytes + paddingBytes > packet.length) return undefined;
  return {
    payloadType: packet[1]! & 0x7f,
    marker: (packet[1]! & 0x80) !== 0,
    sequence: packet.readUInt16BE(2),
    timestamp: packet.readUInt32BE(4),
    ssrc: packet.readUInt32BE(8),
    headerBytes,
    paddingBytes,
  };
}

/** RTCP shares the port: its packet types are 192 to 223 (RFC 5761 §4). */
export function isRtcp(packet: Buffer): boolean {
  const type = packet[1] ?? 0;
  return type >= 192 && type <= 223;
}

/** A packet without extensions or padding. `payload` may come in two parts: a descriptor of its own, and media that many share. */
export function buildRtp(
  header: Pick<RtpHeader, 'payloadType' | 'marker' | 'sequence' | 'timestamp' | 'ssrc'>,
  ...payload: readonly Buffer[]
): Buffer {
  const sizeBytes = payload.reduce((sum, part) => sum + part.length, FIXED_BYTES);
  const packet = Buffer.allocUnsafe(sizeBytes);
  packet[0] = 0x80;
  packet[1] = (header.marker ? 0x80 : 0) | header.payloadType;
  packet.writeUInt16BE(header.sequence, 2);
  packet.writeUInt32BE(header.timestamp, 4);
  packet.writeUInt32BE(header.ssrc, 8);
  let at = FIXED_BYTES;
  for (const part of payload) at += part.copy(packet, at);
  return packet;
}
