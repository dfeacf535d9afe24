import type { PeerEvidence, PeerMarks } from '../../call-record.ts';
import type { RawStat } from '../../stats/sample.ts';
import { normalise } from '../../stats/normalise.ts';
import { toCandidateRecord } from '../agent/candidate.ts';
import { now } from '../agent/clock.ts';
import { iceFailure } from '../agent/gathering.ts';
import { isOfDescription } from '../agent/ice-generation.ts';
import { Milestone } from '../agent/milestone.ts';
import { inPhase, PhaseError } from '../agent/phase-error.ts';
import { StateWatch } from '../agent/state-watch.ts';
import type { BotEngine, EngineConnection, StateName } from './engine.ts';
import type { MediaKind } from './rtp/rtp-session.ts';
import { sectionsOf, sends } from './sdp.ts';

export interface BotConnectionOptions {
  remote: string;
  engine: BotEngine;
  rtc: RTCConfiguration;
  sends: { audio: boolean; video: boolean };
  sendDescription: (description: { type: 'offer' | 'answer'; sdp: string }) => void;
  sendCandidate: (candidate: RTCIceCandidateInit | null) => void;
  emit: (name: string, data?: unknown) => void;
}

type Trace = Pick<PeerEvidence, 'states' | 'localCandidates' | 'remoteCandidates' | 'iceErrors'>;

/** A bot's connection with another peer: negotiates once with trickle ICE, and notes when what happened, as a page does. */
export class BotConnection {
  readonly remote: string;
  readonly connected = new Milestone();
  /** A packet of each kind that the other side sends, and of video a whole frame. */
  readonly arrived = new Milestone();
  readonly states = new StateWatch();
  readonly marks: PeerMarks = {};
  isClosed = false;
  #options: BotConnectionOptions;
  #connection: EngineConnection;
  #trace: Trace = { states: [], localCandidates: [], remoteCandidates: [], iceErrors: [] };
  #values: Partial<Record<StateName, string>> = { signalingState: 'stable', connectionState: 'new' };
  /** Candidates that came before the description they belong to (RFC 8838 §14). */
  #early: (RTCIceCandidateInit | null)[] = [];
  #came = new Set<string>();
  #lastEvidence: PeerEvidence | undefined;
  #refused: string | undefined;
  /** The engine's own state is told by another thread: an answer may be here before that is. */
  #awaitsAnswer = false;

  constructor(options: BotConnectionOptions) {
    this.#options = options;
    this.remote = options.remote;
    this.#connection = options.engine.connect({
      rtc: options.rtc,
      sends: options.sends,
      events: {
        onState: (what, value) => this.#onState(what, value),
        onCandidate: (candidate) => this.#onCandidate(candidate),
        onFirst: (kind, what) => this.#onFirst(kind, what),
      },
    });
  }

  get isSending(): boolean {
    return !this.isClosed && this.#connection.isSending;
  }

  /** Offers; the answer comes by {@link accept}. */
  async offer(): Promise<void> {
    this.marks.start ??= now();
    this.marks.gatherStart ??= now();
    const sdp = await inPhase('negotiation', 'making an offer', () => this.#connection.offer());
    this.#awaitsAnswer = true;
    this.#options.sendDescription({ type: 'offer', sdp });
    this.marks.offerSent ??= now();
  }

  /** Takes the other side's offer and answers it, or takes its answer. */
  async accept({ type, sdp = '' }: { type: RTCSdpType; sdp?: string }): Promise<void> {
    if (this.isClosed) return this.#ignore(type, 'the connection is closed');
    const isOffer = type === 'offer';
    const isAwaited = isOffer ? this.#remoteDescription === '' : this.#awaitsAnswer;
    if (!isOffer && !isAwaited) return this.#ignore(type, 'no offer waits for an answer');
    if (!isAwaited)
      throw new PhaseError('negotiation', 'a bot cannot negotiate anew over the connection it has');
    if (isOffer) this.marks.start ??= now();
    this.marks[isOffer ? 'offerReceived' : 'answerReceived'] ??= now();
    const doing = `taking the ${type}`;
    if (isOffer) {
      this.marks.gatherStart ??= now();
      const answer = await inPhase('negotiation', doing, () => this.#connection.answer(sdp));
      this.#options.sendDescription({ type: 'answer', sdp: answer });
      this.marks.answerSent ??= now();
    } else {
      await inPhase('negotiation', doing, () => this.#connection.accept(sdp));
      this.#awaitsAnswer = false;
    }
    for (const candidate of this.#early.splice(0)) await this.#add(candidate);
  }

  async addCandidate(candidate: RTCIceCandidateInit | null): Promise<void> {
    if (candidate?.candidate) this.#trace.remoteCandidates.push(toCandidateRecord(candidate, now()));
    const sdp = this.#remoteDescription;
    if (isOfDescription(candidate, sdp === '' ? null : { type: 'offer', sdp })) await this.#add(candidate);
    else this.#early.push(candidate);
  }

  fail(error: Error): void {
    if (error instanceof PhaseError && error.phase === 'negotiation') this.#refused = error.message;
    this.connected.fail(error);
    this.arrived.fail(error);
  }

  async report(): Promise<RawStat[]> {
    return this.isClosed ? [] : this.#connection.report();
  }

  /** What there was to see; after {@link close}, what there was just before. */
  async evidence(): Promise<PeerEvidence> {
    return (
      this.#lastEvidence ?? {
        ...this.#trace,
        ...this.#values,
        ...(await this.#facts()),
        ...(this.#refused !== undefined && { refused: this.#refused }),
      }
    );
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    const evidence = await this.evidence();
    this.#lastEvidence ??= evidence;
    this.isClosed = true;
    await this.#connection.close();
  }

  get #remoteDescription(): string {
    return this.#connection.remoteDescription ?? '';
  }

  #ignore(type: string, why: string): void {
    this.#options.emit('ignored', { type, why });
  }

  async #add(candidate: RTCIceCandidateInit | null): Promise<void> {
    if (this.isClosed || !candidate) return;
    await inPhase('negotiation', 'adding a candidate', () => this.#connection.addCandidate(candidate));
  }

  async #facts(): Promise<Partial<PeerEvidence>> {
    const { localDescription, remoteDescription } = this.#connection;
    const stats = await this.report();
    const { pair, inbound, outbound, transport } = normalise({
      t: 0,
      connection: '',
      seq: 0,
      lateMs: 0,
      costMs: 0,
      stats,
    });
    const codec = (kind: MediaKind) =>
      [...outbound, ...inbound].find((stream) => stream.kind === kind && stream.codec)?.codec;
    const audioCodec = codec('audio');
    const videoCodec = codec('video');
    const { dtlsState, dtlsCipher, srtpCipher, tlsVersion } = transport;
    return {
      ...(localDescription !== undefined && { localDescription }),
      ...(remoteDescription !== undefined && { remoteDescription }),
      ...(pair && {
        selectedPair: {
          local: pair.local ?? 'unknown',
          remote: pair.remote ?? 'unknown',
          localType: pair.localType ?? 'unknown',
          remoteType: pair.remoteType ?? 'unknown',
          protocol: pair.protocol ?? 'unknown',
        },
      }),
      ...(dtlsState && { dtlsState }),
      ...(dtlsCipher && { dtlsCipher }),
      ...(srtpCipher && { srtpCipher }),
      ...(tlsVersion && { tlsVersion }),
      ...(audioCodec && { audioCodec }),
      ...(videoCodec && { videoCodec }),
    };
  }

  #onState(what: StateName, value: string): void {
    const t = now();
    if (this.#values[what] === value || this.isClosed) return;
    this.#values[what] = value;
    this.#trace.states.push([t, what, value]);
    this.states.note(what, value, t);
    this.#options.emit('state', { what, value });
    const isUp = value === 'connected' || value === 'completed';
    if (what === 'iceConnectionState' && isUp) this.marks.iceConnected ??= t;
    if (what === 'dtlsState' && isUp) this.marks.dtlsConnected ??= t;
    if (what === 'connectionState') this.#onConnectionState(value, t);
    if (what === 'iceGatheringState' && value === 'complete') this.marks.gatherEnd ??= t;
  }

  #onConnectionState(value: string, t: number): void {
    if (value === 'connected') {
      this.marks.connected ??= t;
      this.marks.iceConnected ??= t;
      this.marks.dtlsConnected ??= t;
      this.connected.reach();
      this.#options.emit('marks', this.marks);
    }
    if (value === 'failed') this.fail(this.#failure());
  }

  #failure(): PhaseError {
    if (this.marks.iceConnected !== undefined)
      return new PhaseError('dtls', 'DTLS failed after ICE had connected');
    const isEmpty = this.#trace.localCandidates.length === 0;
    return iceFailure({ rtc: this.#options.rtc, trace: this.#trace, isEmpty });
  }

  #onCandidate(candidate: RTCIceCandidateInit | null): void {
    if (this.isClosed) return;
    if (candidate) {
      const record = toCandidateRecord(candidate, now());
      const { t, type } = record;
      this.marks.firstCandidate ??= t;
      if (type === 'srflx') this.marks.firstSrflx ??= t;
      if (type === 'relay') this.marks.firstRelay ??= t;
      this.#trace.localCandidates.push(record);
      this.#options.emit('icecandidate', record);
    } else this.marks.gatherEnd ??= now();
    this.#options.sendCandidate(candidate);
  }

  #onFirst(kind: MediaKind, what: 'packet' | 'frame'): void {
    if (this.isClosed) return;
    if (this.marks.firstRtp === undefined) {
      this.marks.firstRtp = now();
      // Told by the packet itself.
      this.marks.firstRtpResolutionMs = 0;
    }
    if (kind === 'audio' || what === 'frame') this.#came.add(kind);
    const wanted = sectionsOf(this.#remoteDescription).filter(
      (section) => (section.kind === 'audio' || section.kind === 'video') && sends(section),
    );
    if (!wanted.every((section) => this.#came.has(section.kind))) return;
    this.arrived.reach();
    this.#options.emit('marks', this.marks);
  }
}
