import wrtc from '@roamhq/wrtc';
import { installedVersion } from '../../../setup/find-bots.ts';
import type { RawStat } from '../../../stats/sample.ts';
import { type BotEngine, type ConnectOptions, type EngineConnection, offeredKinds } from '../engine.ts';
import { SendClock } from '../rtp/send-clock.ts';
import { FRAME_RATE, HEIGHT, RawMedia, WIDTH } from './raw-media.ts';

/** How often it is asked whether media came, until they have: it tells of no packet. */
const POLL_MS = 50;

/** An old libwebrtc, of 2022 (M106), which encodes and decodes: dear, and like browsers of that time. */
export function openWrtcEngine(): BotEngine {
  const clock = new SendClock();
  return {
    name: 'wrtc',
    version: `@roamhq/wrtc ${installedVersion('@roamhq/wrtc')}`,
    source: 'made-up',
    picture: { width: WIDTH, height: HEIGHT, frameRate: FRAME_RATE },
    blindTo: ['pictures', 'sound'],
    connect: (options) => new WrtcConnection(options, clock),
    close: () => Promise.resolve(),
  };
}

class WrtcConnection implements EngineConnection {
  #options: ConnectOptions;
  #pc: RTCPeerConnection;
  #tracks: MediaStreamTrack[] = [];
  #stop: () => void;
  #firsts = new Set<string>();
  #poll: NodeJS.Timeout;
  #isClosed = false;

  constructor(options: ConnectOptions, clock: SendClock) {
    this.#options = options;
    const { sends } = options;
    this.#pc = new wrtc.RTCPeerConnection(options.rtc);
    const video = sends.video ? new wrtc.nonstandard.RTCVideoSource() : undefined;
    const audio = sends.audio ? new wrtc.nonstandard.RTCAudioSource() : undefined;
    const stream = new wrtc.MediaStream();
    for (const source of [audio, video]) {
      const track = source?.createTrack();
      if (!track) continue;
      this.#tracks.push(track);
      this.#pc.addTrack(track, stream);
    }
    const media = new RawMedia({ video, audio });
    this.#stop = this.#tracks.length > 0 ? clock.add((nowMs) => media.turn(nowMs)) : () => {};
    this.#poll = setInterval(() => void this.#look(), POLL_MS);
    this.#listen();
  }

  get localDescription(): string | undefined {
    return this.#pc.localDescription?.sdp;
  }

  get remoteDescription(): string | undefined {
    return this.#pc.remoteDescription?.sdp;
  }

  async offer(): Promise<string> {
    const { sends } = this.#options;
    for (const kind of offeredKinds(sends)) {
      if (!sends[kind]) this.#pc.addTransceiver(kind, { direction: 'recvonly' });
    }
    await this.#pc.setLocalDescription(await this.#pc.createOffer());
    return this.localDescription ?? '';
  }

  async answer(offer: string): Promise<string> {
    await this.#pc.setRemoteDescription({ type: 'offer', sdp: offer });
    await this.#pc.setLocalDescription(await this.#pc.createAnswer());
    return this.localDescription ?? '';
  }

  async accept(answer: string): Promise<void> {
    await this.#pc.setRemoteDescription({ type: 'answer', sdp: answer });
  }

  async addCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    await this.#pc.addIceCandidate(candidate);
  }

  async report(): Promise<RawStat[]> {
    if (this.#isClosed) return [];
    return [...(await this.#pc.getStats()).values()] as RawStat[];
  }

  get isSending(): boolean {
    return !this.#isClosed && this.#tracks.some(({ readyState }) => readyState === 'live');
  }

  close(): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true;
      clearInterval(this.#poll);
      this.#stop();
      for (const track of this.#tracks) track.stop();
      this.#pc.close();
    }
    return Promise.resolve();
  }

  #listen(): void {
    const { onState, onCandidate } = this.#options.events;
    const pc = this.#pc;
    const tell = (event: string, what: Parameters<typeof onState>[0], value: () => string) =>
      pc.addEventListener(event, () => {
        if (!this.#isClosed) onState(what, value());
      });
    tell('signalingstatechange', 'signalingState', () => pc.signalingState);
    tell('icegatheringstatechange', 'iceGatheringState', () => pc.iceGatheringState);
    tell('iceconnectionstatechange', 'iceConnectionState', () => pc.iceConnectionState);
    tell('connectionstatechange', 'connectionState', () => pc.connectionState);
    pc.addEventListener('icecandidate', ({ candidate }) => {
      if (this.#isClosed || candidate?.candidate === '') return;
      onCandidate(candidate ? candidate.toJSON() : null);
    });
  }

  async #look(): Promise<void> {
    for (const stat of await this.report().catch(() => [])) {
      const kind = stat['kind'];
      if (stat.type !== 'inbound-rtp' || (kind !== 'audio' && kind !== 'video')) continue;
      if (Number(stat['packetsReceived'] ?? 0) > 0) this.#first(kind, 'packet');
      if (Number(stat['framesDecoded'] ?? 0) > 0) this.#first(kind, 'frame');
    }
    if (this.#firsts.has('audio packet') && this.#firsts.has('video frame')) clearInterval(this.#poll);
  }

  #first(kind: 'audio' | 'video', what: 'packet' | 'frame'): void {
    const name = `${kind} ${what}`;
    if (this.#firsts.has(name)) return;
    this.#firsts.add(name);
    this.#options.events.onFirst(kind, what);
  }
}
