import type { PacketisedMedia } from './packetise.ts';
import type { ReportBlock } from './rtcp.ts';
import { middleNtp } from './rtcp.ts';
import { buildRtp } from './rtp-packet.ts';

export interface OutgoingOptions {
  media: PacketisedMedia;
  ssrc: number;
  payloadType: number;
  send: (packet: Buffer) => void;
  /** 0 to 1: where sequence, timestamp and the first frame begin. */
  random: () => number;
  nowMs: number;
}

/** Further behind than this, it goes on with what is due now, as a camera does that nobody read. */
const BEHIND_MS = 1000;
/** The packets of a frame leave within so many turns of the clock: within its interval, and not all at once. */
const SPREAD_TURNS = 6;
/** A picture that was asked for again so soon is the one that is on its way. */
const KEY_FRAME_MS = 300;
/** How many packets are kept to be sent again; a power of two. */
const KEPT = 512;

/** What the other side told of the stream in its reports. */
export interface RemoteReport extends ReportBlock {
  /** When it came, epoch ms. */
  t: number;
  /** Seconds; `undefined` until it has seen a report of ours. */
  roundTripTime: number | undefined;
}

/** Sends pre-encoded media over and over, in its own time: timestamps are those of the moments when frames were due. */
export class OutgoingStream {
  readonly media: PacketisedMedia;
  readonly ssrc: number;
  readonly payloadType: number;
  packetsSent = 0;
  payloadBytesSent = 0;
  headerBytesSent = 0;
  framesSent = 0;
  retransmittedPackets = 0;
  nacks = 0;
  plis = 0;
  firs = 0;
  remote: RemoteReport | undefined;
  #send: (packet: Buffer) => void;
  #sequence: number;
  #timestamp: number;
  #startMs: number;
  #intervalMs: number;
  /** Frames that were due, and which of the media's is next. */
  #due = 0;
  #next = 0;
  #wantsKey = false;
  #keyMs = -Infinity;
  #queue: Buffer[] = [];
  #burst = 1;
  #kept: (Buffer | undefined)[] = [];

  constructor({ media, ssrc, payloadType, send, random, nowMs }: OutgoingOptions) {
    this.media = media;
    this.ssrc = ssrc;
    this.payloadType = payloadType;
    this.#send = send;
    this.#sequence = Math.floor(random() * 0x8000);
    this.#timestamp = Math.floor(random() * 2 ** 32);
    this.#intervalMs = 1000 / media.rate;
    this.#startMs = nowMs + random() * this.#intervalMs;
  }

  /** Sends what is due. To be called every few milliseconds. */
  turn(nowMs: number): void {
    if (nowMs - this.#dueMs > BEHIND_MS) this.#skipTo(nowMs);
    while (nowMs >= this.#dueMs) this.#enqueue(nowMs);
    for (let count = 0; count < this.#burst && this.#queue.length > 0; count++) this.#leave();
  }

  /** The RTP timestamp of a moment, for sender reports. */
  timestampAt(nowMs: number): number {
    return this.#timestampOf((nowMs - this.#startMs) / this.#intervalMs);
  }

  onNack(sequences: readonly number[]): void {
    this.nacks++;
    for (const sequence of sequences) {
      const packet = this.#kept[sequence & (KEPT - 1)];
      if (packet?.readUInt16BE(2) !== sequence) continue;
      this.retransmittedPackets++;
      this.#count(packet);
      this.#send(packet);
    }
  }

  /** The next frame that is due is a whole picture. */
  onKeyFrameWanted(by: 'pli' | 'fir'): void {
    if (by === 'pli') this.plis++;
    else this.firs++;
    this.#wantsKey = true;
  }

  onReport(block: ReportBlock, epochMs: number): void {
    const { lastReport, delaySinceLastReport } = block;
    const passed = (middleNtp(epochMs) - lastReport - delaySinceLastReport) | 0;
    // Rounding can make it come back before it left.
    const roundTripTime = lastReport === 0 ? undefined : Math.max(0, passed) / 0x1_0000;
    this.remote = { ...block, t: epochMs, roundTripTime };
  }

  get #dueMs(): number {
    return this.#startMs + this.#due * this.#intervalMs;
  }

  #timestampOf(frames: number): number {
    return (this.#timestamp + Math.round((frames * this.media.clockRate) / this.media.rate)) >>> 0;
  }

  /** What could not be sent in time is not made up for, or a burst would follow; the next frame is a whole picture. */
  #skipTo(nowMs: number): void {
    this.#due = Math.ceil((nowMs - this.#startMs) / this.#intervalMs);
    this.#wantsKey = true;
    this.#keyMs = -Infinity;
  }

  #enqueue(nowMs: number): void {
    const { frames } = this.media;
    if (this.#wantsKey) this.#jumpToKey(nowMs);
    const frame = frames[this.#next]!;
    this.#next = (this.#next + 1) % frames.length;
    if (frame.isKey) this.#keyMs = nowMs;
    const timestamp = this.#timestampOf(this.#due++);
    frame.payloads.forEach((payload, index) => {
      // Of audio only the first packet of a talk spurt has one (RFC 7587 §4.1), and this one never ends.
      const marker = this.media.clockRate === 90_000 && index === frame.payloads.length - 1;
      const sequence = this.#sequence;
      this.#sequence = (sequence + 1) & 0xffff;
      const { ssrc, payloadType } = this;
      this.#queue.push(buildRtp({ payloadType, marker, sequence, timestamp, ssrc }, ...payload));
    });
    this.#burst = Math.max(1, Math.ceil(this.#queue.length / SPREAD_TURNS));
  }

  #jumpToKey(nowMs: number): void {
    if (nowMs - this.#keyMs < KEY_FRAME_MS) return;
    const { frames } = this.media;
    this.#wantsKey = false;
    for (let ahead = 0; ahead < frames.length; ahead++) {
      const index = (this.#next + ahead) % frames.length;
      if (!frames[index]!.isKey) continue;
      this.#next = index;
      return;
    }
  }

  #leave(): void {
    const packet = this.#queue.shift()!;
    this.#kept[packet.readUInt16BE(2) & (KEPT - 1)] = packet;
    this.#count(packet);
    if (packet[1]! & 0x80) this.framesSent++;
    this.#send(packet);
  }

  #count(packet: Buffer): void {
    this.packetsSent++;
    this.headerBytesSent += 12;
    this.payloadBytesSent += packet.length - 12;
  }
}
