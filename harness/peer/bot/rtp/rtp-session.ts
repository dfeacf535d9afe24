import type { RawStat } from '../../../stats/sample.ts';
import { IncomingStream } from './incoming-stream.ts';
import { OutgoingStream } from './outgoing-stream.ts';
import type { PacketisedMedia } from './packetise.ts';
import {
  buildReceiverReport,
  buildRemb,
  buildSenderReport,
  parseRtcp,
  type ReportBlock,
  type RtcpMessage,
} from './rtcp.ts';
import { isRtcp, parseRtp } from './rtp-packet.ts';
import type { SendClock } from './send-clock.ts';

export type MediaKind = 'audio' | 'video';

/** More than any picture here needs: nobody is to be held back by a bot. */
const MOST_BPS = 8_000_000;
const REPORT_MS = 1000;

export interface RtpSessionOptions {
  clock: SendClock;
  cname: string;
  /** Of each kind that is negotiated: where its packets leave, RTP and RTCP. They may be lost. */
  send: (kind: MediaKind, packet: Buffer) => void;
  /** Of each kind once: the first packet; of video also the first frame that came whole. */
  onFirst: (kind: MediaKind, what: 'packet' | 'frame') => void;
  random?: () => number;
}

/** Media of one connection: sends what is pre-encoded, counts what arrives, and reports on it by RTCP. */
export class RtpSession {
  #options: Required<RtpSessionOptions>;
  #out = new Map<MediaKind, OutgoingStream>();
  #in = new Map<
    number,
    { kind: MediaKind; stream: IncomingStream; mimeType: string; lastReport?: LastReport }
  >();
  /** Payload type → what is negotiated for it. */
  #codecs = new Map<number, { mimeType: string; clockRate: number }>();
  #firsts = new Set<string>();
  #nextReportMs = Infinity;
  #stop: (() => void) | undefined;

  constructor(options: RtpSessionOptions) {
    this.#options = { random: Math.random, ...options };
  }

  /** What a payload type of the other side's means. */
  expect(payloadType: number, codec: { mimeType: string; clockRate: number }): void {
    this.#codecs.set(payloadType, codec);
  }

  /** Begins to send; reports go out from then on. */
  start(
    streams: readonly { kind: MediaKind; media: PacketisedMedia; ssrc: number; payloadType: number }[],
  ): void {
    if (this.#stop) return;
    const { clock, random, send } = this.#options;
    const nowMs = performance.now();
    for (const { kind, ...stream } of streams) {
      const own = new OutgoingStream({ ...stream, random, nowMs, send: (packet) => send(kind, packet) });
      this.#out.set(kind, own);
    }
    // Not all bots of a process at the same moment; soon at first, so that browsers learn what they may send.
    this.#nextReportMs = nowMs + (0.1 + 0.4 * random()) * REPORT_MS;
    this.#stop = clock.add((now) => this.#turn(now));
  }

  get isSending(): boolean {
    return this.#stop !== undefined && this.#out.size > 0;
  }

  stop(): void {
    this.#stop?.();
    this.#stop = undefined;
    this.#nextReportMs = Infinity;
  }

  receive(kind: MediaKind, packet: Buffer): void {
    if (isRtcp(packet)) for (const message of parseRtcp(packet)) this.#onRtcp(message);
    else this.#onRtp(kind, packet);
  }

  /** `inbound-rtp`, `outbound-rtp`, `remote-inbound-rtp` and `codec`, with what is really known. */
  report(timestamp: number): RawStat[] {
    return [...this.#inbound(timestamp), ...this.#outbound(timestamp)];
  }

  #turn(nowMs: number): void {
    for (const stream of this.#out.values()) stream.turn(nowMs);
    if (nowMs < this.#nextReportMs) return;
    // Drifts apart from the other bots' on purpose (RFC 3550 §6.3.1).
    this.#nextReportMs = nowMs + (0.75 + 0.5 * this.#options.random()) * REPORT_MS;
    for (const kind of ['audio', 'video'] as const) this.#sendReport(kind, nowMs);
  }

  #sendReport(kind: MediaKind, nowMs: number): void {
    const { cname, send } = this.#options;
    const own = this.#out.get(kind);
    const epochMs = performance.timeOrigin + nowMs;
    const others = [...this.#in.values()].filter((each) => each.kind === kind);
    const blocks = others.map(({ stream, lastReport }) => toBlock(stream, lastReport, nowMs));
    if (!own && blocks.length === 0) return;
    const ssrc = own?.ssrc ?? 1;
    const compound = own
      ? buildSenderReport({
          ssrc,
          epochMs,
          timestamp: own.timestampAt(nowMs),
          packets: own.packetsSent,
          bytes: own.payloadBytesSent,
          cname,
          blocks,
        })
      : buildReceiverReport({ ssrc, cname, blocks });
    const videos = kind === 'video' ? others : [];
    const more = videos.map(({ stream }) => buildRemb({ ssrc, media: stream.ssrc, bps: MOST_BPS }));
    send(kind, Buffer.concat([compound, ...more]));
  }

  #onRtp(kind: MediaKind, packet: Buffer): void {
    const header = parseRtp(packet);
    if (!header) return;
    let known = this.#in.get(header.ssrc);
    if (!known) {
      const codec = this.#codecs.get(header.payloadType);
      if (!codec) return;
      known = { kind, stream: new IncomingStream(header.ssrc, codec.clockRate), mimeType: codec.mimeType };
      this.#in.set(header.ssrc, known);
    }
    const { stream } = known;
    stream.add(header, packet.length, performance.now());
    this.#first(kind, 'packet');
    if (stream.frames > 0) this.#first(kind, 'frame');
  }

  #first(kind: MediaKind, what: 'packet' | 'frame'): void {
    const name = `${kind} ${what}`;
    if (this.#firsts.has(name)) return;
    this.#firsts.add(name);
    this.#options.onFirst(kind, what);
  }

  #onRtcp(message: RtcpMessage): void {
    if (message.type === 'sender-report') {
      const known = this.#in.get(message.ssrc);
      if (known) known.lastReport = { ntp: message.ntp, atMs: performance.now() };
      return;
    }
    const ssrc = message.type === 'report' ? message.block.ssrc : message.ssrc;
    const stream = [...this.#out.values()].find((each) => each.ssrc === ssrc);
    if (!stream) return;
    if (message.type === 'nack') stream.onNack(message.sequences);
    else if (message.type === 'report') {
      stream.onReport(message.block, performance.timeOrigin + performance.now());
    } else stream.onKeyFrameWanted(message.type);
  }

  *#inbound(timestamp: number): Generator<RawStat> {
    for (const { kind, stream, mimeType } of this.#in.values()) {
      const codecId = `codec-in-${kind}`;
      yield { id: codecId, type: 'codec', timestamp, mimeType, clockRate: stream.clockRate };
      yield {
        id: `in-${stream.ssrc}`,
        type: 'inbound-rtp',
        timestamp,
        kind,
        ssrc: stream.ssrc,
        codecId,
        transportId: 'transport',
        packetsReceived: stream.packets,
        packetsLost: stream.lost,
        jitter: stream.jitter,
        bytesReceived: stream.payloadBytes,
        headerBytesReceived: stream.headerBytes,
        ...(stream.lastMs !== undefined && {
          lastPacketReceivedTimestamp: performance.timeOrigin + stream.lastMs,
        }),
        ...(kind === 'video' && { framesReceived: stream.frames }),
      };
    }
  }

  *#outbound(timestamp: number): Generator<RawStat> {
    for (const [kind, stream] of this.#out) {
      const { media, ssrc, remote } = stream;
      const codecId = `codec-out-${kind}`;
      const remoteId = `remote-in-${ssrc}`;
      yield {
        id: codecId,
        type: 'codec',
        timestamp,
        mimeType: media.mimeType,
        clockRate: media.clockRate,
        payloadType: stream.payloadType,
      };
      yield {
        id: `out-${ssrc}`,
        type: 'outbound-rtp',
        timestamp,
        kind,
        ssrc,
        codecId,
        transportId: 'transport',
        packetsSent: stream.packetsSent,
        bytesSent: stream.payloadBytesSent,
        headerBytesSent: stream.headerBytesSent,
        retransmittedPacketsSent: stream.retransmittedPackets,
        nackCount: stream.nacks,
        ...(remote && { remoteId }),
        ...(kind === 'video' && {
          framesSent: stream.framesSent,
          frameWidth: media.width,
          frameHeight: media.height,
          pliCount: stream.plis,
          firCount: stream.firs,
        }),
      };
      if (!remote) continue;
      const { roundTripTime } = remote;
      yield {
        id: remoteId,
        type: 'remote-inbound-rtp',
        timestamp: remote.t,
        kind,
        ssrc,
        codecId,
        localId: `out-${ssrc}`,
        packetsLost: remote.lost,
        fractionLost: remote.fractionLost / 256,
        jitter: remote.jitter / media.clockRate,
        ...(roundTripTime !== undefined && { roundTripTime }),
      };
    }
  }
}

interface LastReport {
  ntp: number;
  atMs: number;
}

function toBlock(stream: IncomingStream, last: LastReport | undefined, nowMs: number): ReportBlock {
  const delay = last ? Math.round(((nowMs - last.atMs) / 1000) * 0x1_0000) : 0;
  return {
    ssrc: stream.ssrc,
    ...stream.report(),
    lastReport: last?.ntp ?? 0,
    delaySinceLastReport: Math.min(delay, 2 ** 32 - 1),
  };
}
