import type { PeerEvidence, PeerMarks } from '../../call-record.ts';
import type { RawStat } from '../../stats/sample.ts';
import { toCandidateRecord } from './candidate.ts';
import { evidenceOf, type Trace } from './evidence.ts';
import { now } from './clock.ts';
import { Milestone } from './milestone.ts';
import { inPhase, PhaseError } from './phase-error.ts';
import { RemoteMedia } from './remote-media.ts';

export interface ConnectionOptions {
  /** Name of the peer at the other end. */
  remote: string;
  rtc: RTCConfiguration;
  /** Tracks to send. */
  stream: MediaStream;
  sendDescription: (description: RTCSessionDescriptionInit) => void;
  /** `null` says that there are no more. */
  sendCandidate: (candidate: RTCIceCandidateInit | null) => void;
  /** Tells the harness. */
  emit: (name: string, data?: unknown) => void;
}

/**
 * One `RTCPeerConnection` with another peer: negotiates with trickle ICE, and notes when what happened.
 *
 * | milestone | reached when | fails when |
 * |---|---|---|
 * | `connected` | `connectionState` is `connected` | a description is refused; ICE or DTLS fails |
 * | `remoteMedia.arrived` | RTP came and, if video was negotiated, a frame was presented | as `connected` |
 */
export class Connection {
  readonly remote: string;
  readonly pc: RTCPeerConnection;
  readonly marks: PeerMarks = {};
  readonly trace: Trace = { states: [], localCandidates: [], remoteCandidates: [], iceErrors: [] };
  readonly connected = new Milestone();
  readonly remoteMedia: RemoteMedia;
  #options: ConnectionOptions;
  /** Candidates that came before the description they belong to (RFC 8838 §14). */
  #early: (RTCIceCandidateInit | null)[] = [];
  #lastEvidence: PeerEvidence | undefined;
  #whileConnected: PeerEvidence | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.remote = options.remote;
    this.pc = new RTCPeerConnection(options.rtc);
    for (const track of options.stream.getTracks()) this.pc.addTrack(track, options.stream);
    this.remoteMedia = new RemoteMedia(this.pc, this.marks);
    this.remoteMedia.arrived.then(() => this.#tellMarks()).catch(() => {});
    this.#listen();
  }

  /** Offers; the answer comes by {@link accept}. */
  async offer(): Promise<void> {
    this.marks.start = now();
    if (this.#options.stream.getTracks().length === 0) this.#receiveOnly();
    await inPhase('negotiation', 'setLocalDescription(offer)', () => this.#describe());
    this.#options.sendDescription(this.#local());
    this.marks.offerSent = now();
  }

  /** Takes the other side's offer and answers it, or takes its answer. */
  async accept(description: RTCSessionDescriptionInit): Promise<void> {
    const isOffer = description.type === 'offer';
    if (isOffer) this.marks.start ??= now();
    this.marks[isOffer ? 'offerReceived' : 'answerReceived'] ??= now();
    const doing = `setRemoteDescription(${description.type})`;
    await inPhase('negotiation', doing, () => this.pc.setRemoteDescription(description));
    for (const candidate of this.#early.splice(0)) await this.#add(candidate);
    if (!isOffer) return;
    await inPhase('negotiation', 'setLocalDescription(answer)', () => this.#describe());
    this.#options.sendDescription(this.#local());
    this.marks.answerSent = now();
  }

  async addCandidate(candidate: RTCIceCandidateInit | null): Promise<void> {
    if (candidate?.candidate) this.trace.remoteCandidates.push(toCandidateRecord(candidate, now()));
    if (this.pc.remoteDescription) await this.#add(candidate);
    else this.#early.push(candidate);
  }

  fail(error: Error): void {
    this.connected.fail(error);
    this.remoteMedia.fail(error);
  }

  readonly report = async (): Promise<RawStat[]> => {
    const report = await this.pc.getStats();
    return [...report.values()] as RawStat[];
  };

  /** What there was to see; after {@link close}, what there was just before. */
  async evidence(): Promise<PeerEvidence> {
    if (this.#lastEvidence) return this.#lastEvidence;
    const evidence = await evidenceOf(this);
    if (evidence.connectionState === 'connected') this.#whileConnected = evidence;
    return evidence;
  }

  /** `byRemote`: the other side has closed already, so what it was like before says more than what it is like now. */
  async close({ byRemote }: { byRemote: boolean }): Promise<void> {
    this.#lastEvidence ??= byRemote ? this.#whileConnected : undefined;
    this.#lastEvidence ??= await evidenceOf(this).catch(() => undefined);
    this.remoteMedia.stop();
    this.pc.close();
  }

  #local(): RTCSessionDescriptionInit {
    const { type, sdp } = this.pc.localDescription!;
    return { type, sdp };
  }

  async #describe(): Promise<void> {
    this.marks.gatherStart ??= now();
    await this.pc.setLocalDescription();
    this.#watchDtls();
  }

  #receiveOnly(): void {
    for (const kind of ['audio', 'video']) this.pc.addTransceiver(kind, { direction: 'recvonly' });
  }

  async #add(candidate: RTCIceCandidateInit | null): Promise<void> {
    await inPhase('negotiation', 'addIceCandidate()', () => this.pc.addIceCandidate(candidate ?? undefined));
  }

  #listen(): void {
    const { pc, marks } = this;
    pc.addEventListener('signalingstatechange', () => {
      this.#note('signalingState', pc.signalingState);
      this.#watchDtls();
    });
    pc.addEventListener('icegatheringstatechange', () => {
      this.#note('iceGatheringState', pc.iceGatheringState);
      if (pc.iceGatheringState === 'complete') marks.gatherEnd ??= now();
    });
    pc.addEventListener('iceconnectionstatechange', () => this.#onIceState());
    pc.addEventListener('connectionstatechange', () => this.#onState());
    pc.addEventListener('icecandidate', ({ candidate }) => this.#onCandidate(candidate));
    pc.addEventListener('icecandidateerror', (event) => this.#onCandidateError(event));
  }

  #onIceState(): void {
    const state = this.pc.iceConnectionState;
    this.#note('iceConnectionState', state);
    if (state === 'connected' || state === 'completed') this.marks.iceConnected ??= now();
    if (state === 'failed') this.fail(new PhaseError('ice', 'ICE failed: no candidate pair worked'));
  }

  #onState(): void {
    const state = this.pc.connectionState;
    this.#note('connectionState', state);
    if (state === 'connected') {
      this.marks.connected ??= now();
      // Not every browser tells of the DTLS transport's states in time; it cannot be later than this.
      this.marks.dtlsConnected ??= this.marks.connected;
      this.connected.reach();
      this.#tellMarks();
    }
    if (state === 'failed') {
      const phase = this.marks.iceConnected ? 'dtls' : 'ice';
      const what =
        phase === 'dtls' ? 'DTLS failed after ICE had connected' : 'ICE failed: no candidate pair worked';
      this.fail(new PhaseError(phase, what));
    }
  }

  #onCandidate(candidate: RTCIceCandidate | null): void {
    // An empty candidate ends one generation; the null that follows ends them all.
    if (candidate && candidate.candidate === '') return;
    if (candidate) {
      this.marks.firstCandidate ??= now();
      const record = toCandidateRecord(candidate, now());
      this.trace.localCandidates.push(record);
      this.#options.emit('icecandidate', record);
    } else this.marks.gatherEnd ??= now();
    this.#options.sendCandidate(candidate && candidate.toJSON());
  }

  #onCandidateError({ url, errorCode, errorText, address }: RTCPeerConnectionIceErrorEvent): void {
    const error = { t: now(), url, errorCode, errorText, ...(address && { address }) };
    this.trace.iceErrors.push(error);
    this.#options.emit('icecandidateerror', error);
  }

  #watched = new WeakSet<RTCDtlsTransport>();

  #watchDtls(): void {
    for (const { sender } of this.pc.getTransceivers()) {
      const transport = sender.transport;
      if (!transport || this.#watched.has(transport)) continue;
      this.#watched.add(transport);
      const onState = () => {
        this.#note('dtlsState', transport.state);
        if (transport.state === 'connected') this.marks.dtlsConnected ??= now();
      };
      transport.addEventListener('statechange', onState);
      if (transport.state !== 'new') onState();
    }
  }

  /** Told while the page lives, as a page that died cannot be asked. */
  #tellMarks(): void {
    this.#options.emit('marks', this.marks);
  }

  #note(what: string, value: string): void {
    const t = now();
    this.trace.states.push([t, what, value]);
    this.#options.emit('state', { what, value });
  }
}
