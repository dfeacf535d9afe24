import { randomInt } from 'node:crypto';
import {
  MediaStreamTrack,
  RTCPeerConnection,
  RTCRtpCodecParameters,
  type RTCRtpTransceiver,
  type RtpPacket,
} from 'werift';
import { installedVersion } from '../../../setup/find-bots.ts';
import type { RawStat } from '../../../stats/sample.ts';
import { type BotEngine, type ConnectOptions, type EngineConnection, offeredKinds } from '../engine.ts';
import { preparedMedia } from '../prepared-media.ts';
import { IncomingStream } from '../rtp/incoming-stream.ts';
import { OutgoingStream } from '../rtp/outgoing-stream.ts';
import type { MediaKind } from '../rtp/rtp-session.ts';
import { SendClock } from '../rtp/send-clock.ts';
import { receives, sectionsOf, sendableIn } from '../sdp.ts';

const feedback = ['nack', 'nack pli', 'goog-remb'].map((each) => {
  const [type = '', parameter] = each.split(' ');
  return { type, ...(parameter !== undefined && { parameter }) };
});
const CODECS = {
  audio: [
    new RTCRtpCodecParameters({ mimeType: 'audio/opus', clockRate: 48_000, channels: 2, payloadType: 111 }),
  ],
  video: [
    new RTCRtpCodecParameters({
      mimeType: 'video/VP8',
      clockRate: 90_000,
      payloadType: 96,
      rtcpFeedback: feedback,
    }),
  ],
};

/** werift: WebRTC in TypeScript from ICE to RTCP, with stats of its own. */
export function openWeriftEngine(): BotEngine {
  const clock = new SendClock();
  const camera = preparedMedia('VP8')!;
  return {
    name: 'werift',
    version: `werift ${installedVersion('werift')}`,
    source: 'pre-encoded',
    picture: { width: camera.width, height: camera.height, frameRate: camera.rate },
    blindTo: ['pictures', 'sound'],
    connect: (options) => new WeriftConnection(options, clock),
    close: () => Promise.resolve(),
  };
}

class WeriftConnection implements EngineConnection {
  #options: ConnectOptions;
  #clock: SendClock;
  #pc: RTCPeerConnection;
  #tracks = new Map<MediaKind, MediaStreamTrack>();
  #out = new Map<MediaKind, OutgoingStream>();
  #in = new Map<number, IncomingStream>();
  #firsts = new Set<string>();
  #stops: (() => void)[] = [];
  #isClosed = false;

  constructor(options: ConnectOptions, clock: SendClock) {
    this.#options = options;
    this.#clock = clock;
    const { iceServers = [], iceTransportPolicy = 'all' } = options.rtc;
    this.#pc = new RTCPeerConnection({
      codecs: CODECS,
      iceTransportPolicy,
      iceServers: iceServers.flatMap(({ urls, username, credential }) =>
        [urls].flat().map((url) => ({
          urls: url,
          ...(username !== undefined && { username }),
          ...(credential !== undefined && { credential }),
        })),
      ),
    });
    this.#listen();
  }

  get localDescription(): string | undefined {
    return this.#pc.localDescription?.sdp;
  }

  get remoteDescription(): string | undefined {
    return this.#pc.remoteDescription?.sdp;
  }

  async offer(): Promise<string> {
    for (const kind of offeredKinds(this.#options.sends)) this.#addLine(kind);
    this.#askNoStranger();
    await this.#pc.setLocalDescription(await this.#pc.createOffer());
    this.#watchDtls();
    return this.localDescription ?? '';
  }

  async answer(offer: string): Promise<string> {
    for (const { kind } of sectionsOf(offer)) if (kind === 'audio' || kind === 'video') this.#addLine(kind);
    await this.#pc.setRemoteDescription({ type: 'offer', sdp: offer });
    this.#askNoStranger();
    await this.#pc.setLocalDescription(await this.#pc.createAnswer());
    this.#watchDtls();
    return this.localDescription ?? '';
  }

  async accept(answer: string): Promise<void> {
    await this.#pc.setRemoteDescription({ type: 'answer', sdp: answer });
  }

  async addCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    await this.#pc.addIceCandidate(candidate);
  }

  /** Its own, and how many whole frames went and came, which it does not count. */
  async report(): Promise<RawStat[]> {
    if (this.#isClosed) return [];
    const stats = [...(await this.#pc.getStats()).values()];
    return stats.map((stat) => {
      const known = Object.entries(stat).filter(([, value]) => value !== undefined);
      return { ...(Object.fromEntries(known) as RawStat), ...this.#frames(stat) };
    });
  }

  get isSending(): boolean {
    return !this.#isClosed && this.#out.size > 0;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const stop of this.#stops) stop();
    for (const track of this.#tracks.values()) track.stop();
    await this.#pc.close();
  }

  #listen(): void {
    const { onState, onCandidate } = this.#options.events;
    const pc = this.#pc;
    pc.signalingStateChange.subscribe((value) => onState('signalingState', value));
    pc.iceGatheringStateChange.subscribe((value) => onState('iceGatheringState', value));
    pc.iceConnectionStateChange.subscribe((value) => onState('iceConnectionState', value));
    pc.connectionStateChange.subscribe((value) => {
      if (value === 'connected') this.#start();
      onState('connectionState', value);
    });
    pc.onIceCandidate.subscribe((candidate) => {
      if (!this.#isClosed) onCandidate(candidate ? toInit(candidate.toJSON()) : null);
    });
  }

  /** Without a STUN server of ours it asks one of Google's, and waits 5 s for the answer where that is out of reach. */
  #askNoStranger(): void {
    const urls = (this.#options.rtc.iceServers ?? []).flatMap((server) => server.urls);
    if (urls.some((url) => /^stun:/i.test(url))) return;
    for (const { connection } of this.#pc.iceTransports) delete connection.stunServer;
  }

  #watchDtls(): void {
    const { onState } = this.#options.events;
    const [transport] = this.#pc.dtlsTransports;
    transport?.onStateChange.subscribe((value) => {
      if (!this.#isClosed) onState('dtlsState', value);
    });
  }

  #addLine(kind: MediaKind): void {
    const isSent = this.#options.sends[kind];
    const track = new MediaStreamTrack({ kind });
    if (isSent) this.#tracks.set(kind, track);
    const transceiver = this.#pc.addTransceiver(isSent ? track : kind, {
      direction: isSent ? 'sendrecv' : 'recvonly',
    });
    this.#receive(kind, transceiver);
    transceiver.sender.onPictureLossIndication.subscribe(() => this.#out.get(kind)?.onKeyFrameWanted('pli'));
  }

  #receive(kind: MediaKind, { onTrack }: RTCRtpTransceiver): void {
    onTrack.subscribe((track) => {
      track.onReceiveRtp.subscribe((packet) => this.#onRtp(kind, packet));
    });
  }

  #onRtp(kind: MediaKind, { header, payload }: RtpPacket): void {
    if (this.#isClosed) return;
    const { ssrc, marker, timestamp, payloadType, sequenceNumber: sequence } = header;
    const stream = this.#in.get(ssrc) ?? new IncomingStream(ssrc, kind === 'audio' ? 48_000 : 90_000);
    this.#in.set(ssrc, stream);
    const read = { ssrc, marker, timestamp, payloadType, sequence, headerBytes: 12, paddingBytes: 0 };
    stream.add(read, 12 + payload.length, performance.now());
    this.#first(kind, 'packet');
    if (stream.frames > 0) this.#first(kind, 'frame');
  }

  #first(kind: MediaKind, what: 'packet' | 'frame'): void {
    const name = `${kind} ${what}`;
    if (this.#firsts.has(name)) return;
    this.#firsts.add(name);
    this.#options.events.onFirst(kind, what);
  }

  /** It gives packets the payload type and the stream that were agreed on. */
  #start(): void {
    if (this.#out.size > 0 || this.#isClosed) return;
    const wanted = sectionsOf(this.remoteDescription ?? '').filter(receives);
    for (const [kind, track] of this.#tracks) {
      const section = wanted.find((each) => each.kind === kind);
      const codec = section && sendableIn(section);
      const media = codec && preparedMedia(kind === 'audio' ? 'opus' : 'VP8');
      if (!media) continue;
      const stream = new OutgoingStream({
        media,
        ssrc: randomInt(1, 2 ** 32 - 1),
        payloadType: codec.payloadType,
        random: Math.random,
        nowMs: performance.now(),
        send: (packet) => track.writeRtp(packet),
      });
      this.#out.set(kind, stream);
      this.#stops.push(this.#clock.add((nowMs) => stream.turn(nowMs)));
    }
  }

  #frames(stat: { type: string }): Record<string, unknown> {
    const { kind, ssrc } = stat as { kind?: string; ssrc?: number };
    if (kind !== 'video') return {};
    if (stat.type === 'inbound-rtp') {
      const frames = this.#in.get(ssrc ?? -1)?.frames;
      return frames === undefined ? {} : { framesReceived: frames };
    }
    const stream = this.#out.get('video');
    if (stat.type !== 'outbound-rtp' || !stream) return {};
    const { width: frameWidth, height: frameHeight } = stream.media;
    return { framesSent: stream.framesSent, frameWidth, frameHeight };
  }
}

/** What it does not know is left out, not undefined. */
function toInit(candidate: RTCIceCandidateInit): RTCIceCandidateInit {
  return Object.fromEntries(Object.entries(candidate).filter(([, value]) => value !== undefined));
}
