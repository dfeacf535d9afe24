import { randomInt } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import nd, { type PeerConnection, type SelectedCandidateInfo, type Track } from 'node-datachannel';
import type { RawStat } from '../../../stats/sample.ts';
import { now } from '../../agent/clock.ts';
import { type BotEngine, type ConnectOptions, type EngineConnection, offeredKinds } from '../engine.ts';
import { preparedMedia } from '../prepared-media.ts';
import { RtpSession, type MediaKind } from '../rtp/rtp-session.ts';
import { SendClock } from '../rtp/send-clock.ts';
import { receives, sectionsOf, sendableIn, sends, ufragOf, type SdpCodec, type SdpSection } from '../sdp.ts';
import { toIceServers, whyNoRelay } from './ice-servers.ts';
import { type PairEnd, transportReport } from './transport-report.ts';

const OPUS: SdpCodec = {
  payloadType: 111,
  name: 'opus',
  clockRate: 48_000,
  fmtp: 'minptime=10;useinbandfec=1',
};
const VP8: SdpCodec = { payloadType: 96, name: 'VP8', clockRate: 90_000, fmtp: '' };
const H264: SdpCodec = {
  payloadType: 97,
  name: 'H264',
  clockRate: 90_000,
  fmtp: 'profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1',
};

/** libdatachannel: native ICE, DTLS and SRTP, and nothing of media; that is ours. */
export function openDatachannelEngine(): BotEngine {
  nd.initLogger('Fatal', (_, message) => process.stderr.write(`${message}\n`));
  nd.preload();
  const clock = new SendClock();
  const camera = preparedMedia('VP8')!;
  return {
    name: 'bot',
    version: `libdatachannel ${nd.getLibraryVersion()}`,
    source: 'pre-encoded',
    picture: { width: camera.width, height: camera.height, frameRate: camera.rate },
    blindTo: ['pictures', 'sound', 'ciphers'],
    refuses: whyNoRelay,
    connect: (options) => new DatachannelConnection(options, clock),
    close: async () => nd.cleanup(),
  };
}

/** One media section of this side's. */
interface Line {
  kind: MediaKind;
  track: Track;
  ssrc: number;
  isOpen: boolean;
  /** What is sent; `undefined` until it is agreed on, or if this side does not send. */
  codec: SdpCodec | undefined;
}

class DatachannelConnection implements EngineConnection {
  #options: ConnectOptions;
  #pc: PeerConnection;
  #session: RtpSession;
  #lines = new Map<string, Line>();
  #isAgreed = false;
  #isClosed = false;
  #dtlsState: string | undefined;
  /** Of an offer that is not answered yet. */
  #held: (RTCIceCandidateInit | null)[] | undefined;
  /** Candidates, as lines. */
  #told = new Set<string>();

  constructor(options: ConnectOptions, clock: SendClock) {
    this.#options = options;
    const { rtc, events } = options;
    const cname = `bot-${randomInt(2 ** 32).toString(36)}`;
    this.#pc = new nd.PeerConnection(cname, {
      iceServers: toIceServers(rtc.iceServers),
      iceTransportPolicy: rtc.iceTransportPolicy ?? 'all',
      disableAutoNegotiation: true,
      ...bindings(),
    });
    this.#session = new RtpSession({
      clock,
      cname,
      send: (kind, packet) => this.#send(kind, packet),
      onFirst: events.onFirst,
    });
    this.#listen();
  }

  get localDescription(): string | undefined {
    return this.#isClosed ? undefined : this.#pc.localDescription()?.sdp;
  }

  get remoteDescription(): string | undefined {
    return this.#isClosed ? undefined : this.#pc.remoteDescription()?.sdp;
  }

  async offer(): Promise<string> {
    this.#held = [];
    offeredKinds(this.#options.sends).forEach((kind, index) => {
      this.#addLine({ kind, mid: String(index), codecs: kind === 'audio' ? [OPUS] : [VP8, H264] });
    });
    this.#pc.setLocalDescription('offer');
    // Whoever knows no candidate of ours cannot begin DTLS before its fingerprint is known here: see accept().
    return this.#described().replaceAll(/^a=(candidate|end-of-candidates).*\r?\n/gm, '');
  }

  async answer(offer: string): Promise<string> {
    const sections = sectionsOf(offer);
    for (const section of sections) {
      const codec = sendableIn(section);
      const isMedia = section.kind === 'audio' || section.kind === 'video';
      if (!codec || !isMedia || section.isRejected) continue;
      this.#addLine({ kind: section.kind as MediaKind, mid: section.mid, codecs: [codec], offered: section });
    }
    this.#pc.setRemoteDescription(offer, 'offer');
    this.#pc.setLocalDescription('answer');
    this.#agree(sections);
    return this.#described();
  }

  /**
   * Until it is answered the other side is given no candidates: libdatachannel 0.24.5 hands the answer to ICE a moment
   * before it notes the fingerprint in it, and of 1200 handshakes that began in between one failed; in many more the
   * ClientHello came too early and had to be sent again, a second later.
   */
  async accept(answer: string): Promise<void> {
    this.#pc.setRemoteDescription(answer, 'answer');
    this.#agree(sectionsOf(answer));
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const candidate of held) this.#options.events.onCandidate(candidate);
  }

  async addCandidate({ candidate = '', sdpMid }: RTCIceCandidateInit): Promise<void> {
    if (candidate !== '') this.#pc.addRemoteCandidate(candidate, sdpMid ?? '0');
  }

  async report(): Promise<RawStat[]> {
    if (this.#isClosed) return [];
    const timestamp = now();
    const pair = this.#pc.getSelectedCandidatePair();
    // SCTP's: there is none without data channels.
    const rttMs = this.#pc.rtt();
    return [
      ...transportReport({
        timestamp,
        dtlsState: this.#dtlsState,
        pair: pair ? { local: toEnd(pair.local), remote: toEnd(pair.remote) } : undefined,
        currentRoundTripTime: rttMs > 0 ? rttMs / 1000 : undefined,
      }),
      ...this.#session.report(timestamp),
    ];
  }

  get isSending(): boolean {
    return this.#session.isSending;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#session.stop();
    // node-datachannel 0.33 lets go of a track's listeners, and all they hold, only when that itself is closed.
    for (const { track } of this.#lines.values()) track.close();
    this.#pc.close();
  }

  #listen(): void {
    const { onState } = this.#options.events;
    const pc = this.#pc;
    const told =
      (what: Parameters<typeof onState>[0]) =>
      (value: string): void => {
        if (!this.#isClosed) onState(what, value);
      };
    pc.onSignalingStateChange(told('signalingState'));
    pc.onIceStateChange(told('iceConnectionState'));
    pc.onStateChange((value) => {
      // It has no state of DTLS; this one waits for it.
      if (value === 'connected') this.#dtlsState = 'connected';
      if (value === 'connected') told('dtlsState')(value);
      told('connectionState')(value);
    });
    pc.onGatheringStateChange((value) => {
      told('iceGatheringState')(value === 'in-progress' || value === 'inprogress' ? 'gathering' : value);
      if (value === 'complete') this.#onGathered();
    });
    pc.onLocalCandidate((line, mid) => this.#onCandidate(line, mid));
  }

  /** That it is complete may be told before the candidates are; the description has them. */
  #onGathered(): void {
    if (this.#isClosed) return;
    const [, ...sections] = this.#described().split(/^m=/m);
    for (const section of sections) {
      const mid = /^a=mid:(\S+)/m.exec(section)?.[1] ?? '0';
      for (const [line] of section.matchAll(/^a=candidate:.*$/gm)) this.#onCandidate(line.trim(), mid);
    }
    this.#tell(null);
  }

  #onCandidate(line: string, sdpMid: string): void {
    if (this.#isClosed || this.#told.has(line)) return;
    this.#told.add(line);
    const usernameFragment = ufragOf(this.#described());
    this.#tell({
      candidate: line.replace(/^a=/, ''),
      sdpMid,
      ...(usernameFragment !== undefined && { usernameFragment }),
    });
  }

  #tell(candidate: RTCIceCandidateInit | null): void {
    if (this.#held) this.#held.push(candidate);
    else this.#options.events.onCandidate(candidate);
  }

  #addLine({
    kind,
    mid,
    codecs,
    offered,
  }: {
    kind: MediaKind;
    mid: string;
    codecs: readonly SdpCodec[];
    offered?: SdpSection;
  }): void {
    const isSent = this.#options.sends[kind] && (!offered || receives(offered));
    const isReceived = !offered || sends(offered);
    const direction = isSent ? (isReceived ? 'SendRecv' : 'SendOnly') : isReceived ? 'RecvOnly' : 'Inactive';
    const media = kind === 'audio' ? new nd.Audio(mid, direction) : new nd.Video(mid, direction);
    for (const codec of codecs) {
      addCodec(media, codec);
      const { payloadType, name, clockRate } = codec;
      this.#session.expect(payloadType, { mimeType: `${kind}/${name}`, clockRate });
    }
    const ssrc = randomInt(1, 2 ** 32 - 1);
    if (isSent) media.addSSRC(ssrc, `bot-${ssrc}`, 'bot', `${kind}-${ssrc}`);
    const track = this.#pc.addTrack(media);
    const line: Line = { kind, track, ssrc, isOpen: false, codec: undefined };
    this.#lines.set(mid, line);
    track.onMessage((packet) => {
      if (!this.#isClosed) this.#session.receive(kind, packet);
    });
    track.onOpen(() => {
      line.isOpen = true;
      this.#startIfReady();
    });
    track.onClosed(() => (line.isOpen = false));
  }

  /** What each side sends is clear: by the other side's description. */
  #agree(sections: readonly SdpSection[]): void {
    for (const section of sections) {
      const line = this.#lines.get(section.mid);
      if (line && receives(section) && this.#options.sends[line.kind]) line.codec = sendableIn(section);
    }
    this.#isAgreed = true;
    this.#startIfReady();
  }

  #startIfReady(): void {
    const lines = [...this.#lines.values()];
    if (this.#isClosed || !this.#isAgreed || !lines.every(({ isOpen }) => isOpen)) return;
    this.#session.start(
      lines.flatMap(({ kind, ssrc, codec }) => {
        const media = codec && preparedMedia(codec.name);
        return media ? [{ kind, media, ssrc, payloadType: codec.payloadType }] : [];
      }),
    );
  }

  #send(kind: MediaKind, packet: Buffer): void {
    for (const line of this.#lines.values()) {
      if (line.kind !== kind || !line.isOpen || this.#isClosed) continue;
      try {
        line.track.sendMessageBinary(packet);
      } catch {
        // Closed by the other side a moment ago, and not told of yet: as lost as on the way.
        line.isOpen = false;
      }
      return;
    }
  }

  #described(): string {
    return this.localDescription ?? '';
  }
}

function addCodec(
  media: InstanceType<typeof nd.Audio> | InstanceType<typeof nd.Video>,
  codec: SdpCodec,
): void {
  const { payloadType, fmtp } = codec;
  if ('addOpusCodec' in media) media.addOpusCodec(payloadType, OPUS.fmtp);
  else if (codec.name.toUpperCase() === 'VP8') media.addVP8Codec(payloadType);
  else media.addH264Codec(payloadType, fmtp);
}

/** libjuice leaves loopback out: on a machine that has nothing else it must be told to take it. */
function bindings(): { bindAddress?: string } {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return all.some(({ internal }) => !internal) ? {} : { bindAddress: '127.0.0.1' };
}

function toEnd({ address, port, type, transportType }: SelectedCandidateInfo): PairEnd {
  return { address, port, type, protocol: transportType.toLowerCase() };
}
