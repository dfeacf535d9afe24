import type { CandidateRecord, PeerEvidence, PeerMarks } from '../../call-record.ts';
import type { RawStat } from '../../stats/sample.ts';
import { toCandidateRecord } from './candidate.ts';
import { evidenceOf, type Trace } from './evidence.ts';
import { limitVideoBitrate } from './bitrate.ts';
import { now } from './clock.ts';
import { gathered, iceFailure } from './gathering.ts';
import { Glare } from './glare.ts';
import { iceUfrag, isOfDescription, isOfGeneration } from './ice-generation.ts';
import { Milestone } from './milestone.ts';
import { inPhase, PhaseError } from './phase-error.ts';
import type { LocalSettings } from './local-settings.ts';
import { RemoteMedia } from './remote-media.ts';
import { StateWatch } from './state-watch.ts';

export interface ConnectionOptions {
  /** Name of the peer at the other end. */
  remote: string;
  rtc: RTCConfiguration;
  /** Tracks to send. */
  stream: MediaStream;
  /** Whether this side makes the first offer. */
  offers: boolean;
  settings: LocalSettings;
  /** The most each video track may send, bit/s. Default: what the browser takes for its size. */
  maxBitrateBps?: number | undefined;
  sendDescription: (description: RTCSessionDescriptionInit) => void;
  /** `null` says that there are no more. */
  sendCandidate: (candidate: RTCIceCandidateInit | null) => void;
  /** Tells the harness. */
  emit: (name: string, data?: unknown) => void;
}

/** How often the selected pair is looked at during an ICE restart: Firefox has no event for its change. */
const POLL_MS = 15;

/**
 * One `RTCPeerConnection` with another peer: negotiates with trickle ICE, and notes when what happened.
 *
 * | milestone | reached when | fails when |
 * |---|---|---|
 * | `connected` | `connectionState` is `connected` | a description is refused; nothing is gathered; ICE or DTLS fails |
 * | `remoteMedia.arrived` | RTP came and, if video was negotiated, a frame was presented | as `connected` |
 *
 * A milestone that has failed is ahead again once an ICE restart begins. Marks are the first negotiation's.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8829#section-4.1.18
 */
export class Connection {
  readonly remote: string;
  readonly pc: RTCPeerConnection;
  readonly marks: PeerMarks = {};
  readonly trace: Trace = { states: [], localCandidates: [], remoteCandidates: [], iceErrors: [] };
  connected = new Milestone();
  #answered = new Milestone();
  #closed = new Milestone();
  #glare: Glare | undefined;
  readonly states = new StateWatch();
  readonly remoteMedia: RemoteMedia;
  #options: ConnectionOptions;
  /** Candidates that came before the description they belong to (RFC 8838 §14). */
  #early: (RTCIceCandidateInit | null)[] = [];
  #lastEvidence: PeerEvidence | undefined;
  #whileConnected: PeerEvidence | undefined;
  /** Candidates of this ICE generation, and which generation it is. */
  #gathered = 0;
  #generation = 1;
  /** What broke last, and in which generation. */
  #fault: { error: Error; ufrag: string } | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.remote = options.remote;
    this.pc = new RTCPeerConnection(options.rtc);
    for (const track of options.stream.getTracks()) this.#send(track);
    this.remoteMedia = new RemoteMedia(this.pc, this.marks);
    this.#tellArrival();
    this.#listen();
    if (options.settings.politeness) this.#glare = new Glare(this.pc, options.settings.politeness);
  }

  /** Offers; the answer comes by {@link accept}. */
  async offer(): Promise<void> {
    this.marks.start ??= now();
    if (this.pc.getTransceivers().length === 0) this.#receiveOnly();
    this.#answered = new Milestone();
    await this.#describeAndSend('offer');
    this.#mark('offerSent');
  }

  /** Resolves when the newest offer of this side's is answered; rejects if that fails. */
  get answered(): Promise<void> {
    return this.#answered.reached;
  }

  /** Offers a new ICE generation; {@link restarted} tells when it carries the call. */
  async restartIce(): Promise<void> {
    this.#beginGeneration();
    this.pc.restartIce();
    await this.offer();
  }

  /** Which ICE generation this side is in; empty before it has a description. */
  get ufrag(): string {
    return iceUfrag(this.pc.localDescription);
  }

  /**
   * Resolves when the call runs over a pair of a generation that is not `since`.
   *
   * @throws PhaseError when that generation fails, or the description that was to begin it
   */
  async restarted(since: string): Promise<void> {
    const before = this.#fault;
    while (!(await this.#isRestarted(since))) {
      const fault = this.#fault;
      const isNew = fault && fault !== before;
      // The old path may still fail while the new one is made: that is why it is made.
      const isOldPath =
        fault?.ufrag === since && fault.error instanceof PhaseError && fault.error.phase === 'ice';
      if (isNew && !isOldPath) throw fault.error;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** Takes the other side's offer and answers it, or takes its answer. */
  async accept(description: RTCSessionDescriptionInit): Promise<void> {
    const isOffer = description.type === 'offer';
    const why = this.#whyIgnored(description.type);
    if (why !== undefined) return this.#options.emit('ignored', { type: description.type, why });
    if (this.#glare?.mustIgnore(description)) return this.#options.emit('glare', { ignored: true });
    if (isOffer) {
      this.marks.start ??= now();
      const known = iceUfrag(this.pc.remoteDescription);
      if (known && known !== iceUfrag(description)) this.#beginGeneration();
    }
    this.#mark(isOffer ? 'offerReceived' : 'answerReceived');
    const doing = `setRemoteDescription(${description.type})`;
    await inPhase('negotiation', doing, () => this.pc.setRemoteDescription(description));
    for (const candidate of this.#early.splice(0)) await this.#addOrKeep(candidate);
    if (!isOffer) return this.#answered.reach();
    await this.#describeAndSend('answer');
    this.#mark('answerSent');
  }

  async addCandidate(candidate: RTCIceCandidateInit | null): Promise<void> {
    if (candidate?.candidate) this.trace.remoteCandidates.push(toCandidateRecord(candidate, now()));
    await this.#addOrKeep(candidate);
  }

  fail(error: Error): void {
    this.#fault = { error, ufrag: this.ufrag };
    this.connected.fail(error);
    this.#answered.fail(error);
    this.remoteMedia.fail(error);
  }

  readonly report = async (): Promise<RawStat[]> => {
    // Firefox 153 never settles a getStats() that was on its way when the connection closed.
    const report = await Promise.race([this.pc.getStats(), this.#closed.reached]);
    return [...(report?.values() ?? [])] as RawStat[];
  };

  /** What there was to see; after {@link close}, what there was just before. */
  async evidence(): Promise<PeerEvidence> {
    if (this.#lastEvidence) return this.#lastEvidence;
    const evidence = { ...(await evidenceOf(this)), ...(this.#glare && { glares: this.#glare.count }) };
    if (evidence.connectionState === 'connected') this.#whileConnected = evidence;
    return evidence;
  }

  /** `byRemote`: the other side has closed already, so what it was like before says more than what it is like now. */
  async close({ byRemote }: { byRemote: boolean }): Promise<void> {
    this.#lastEvidence ??= byRemote ? this.#whileConnected : undefined;
    const evidence = this.#lastEvidence ?? (await evidenceOf(this).catch(() => undefined));
    // The other side may have closed it meanwhile, and known more.
    this.#lastEvidence ??= evidence;
    this.remoteMedia.stop();
    this.pc.close();
    this.#closed.reach();
  }

  /** An answerer's tracks take the transceivers of the offer only if they are added as tracks (RFC 8829 §5.10). */
  #send(track: MediaStreamTrack): void {
    const { stream, offers, settings } = this.#options;
    const sendEncodings = track.kind === 'video' && offers ? settings.videoEncodings : undefined;
    if (sendEncodings) this.pc.addTransceiver(track, { streams: [stream], sendEncodings });
    else this.pc.addTrack(track, stream);
  }

  async #describeAndSend(type: 'offer' | 'answer'): Promise<void> {
    await inPhase('negotiation', `setLocalDescription(${type})`, () => this.#describe());
    if (this.#trickles) return this.#options.sendDescription(this.#outgoing());
    await inPhase('gathering', 'gathering all candidates', () => gathered(this.pc));
    // Rolled back meanwhile, if the other side's offer was taken.
    if (this.pc.localDescription?.type === type) this.#options.sendDescription(this.#outgoing());
  }

  get #trickles(): boolean {
    return this.#options.settings.trickle ?? true;
  }

  #outgoing(): RTCSessionDescriptionInit {
    const { type, sdp } = this.pc.localDescription!;
    const { rewrite } = this.#options.settings;
    return rewrite ? rewrite({ type, sdp }) : { type, sdp };
  }

  async #describe(): Promise<void> {
    this.marks.gatherStart ??= now();
    await limitVideoBitrate(this.pc, this.#options.maxBitrateBps);
    await this.pc.setLocalDescription();
    this.#watchDtls();
  }

  #beginGeneration(): void {
    this.#generation++;
    this.#gathered = 0;
    if (this.connected.hasFailed) this.connected = new Milestone();
    if (this.remoteMedia.renew()) this.#tellArrival();
  }

  async #isRestarted(since: string): Promise<boolean> {
    const local = this.ufrag;
    const isAgreed = local !== since && this.pc.signalingState === 'stable';
    if (!isAgreed || !this.states.is('connected')) return false;
    const remote = iceUfrag(this.pc.remoteDescription);
    return isOfGeneration(await this.report(), { local, remote });
  }

  #receiveOnly(): void {
    const { receives = ['audio', 'video'] } = this.#options.settings;
    for (const kind of receives) this.pc.addTransceiver(kind, { direction: 'recvonly' });
  }

  /** What signaling that doubles or swaps messages may bring, and nobody waits for. */
  #whyIgnored(type: RTCSdpType): string | undefined {
    const { signalingState } = this.pc;
    if (signalingState === 'closed') return 'the connection is closed';
    const isAwaited = signalingState === 'have-local-offer' || signalingState === 'have-remote-pranswer';
    return type === 'answer' && !isAwaited ? 'no offer waits for an answer' : undefined;
  }

  async #addOrKeep(candidate: RTCIceCandidateInit | null): Promise<void> {
    if (this.pc.signalingState === 'closed') return;
    if (isOfDescription(candidate, this.pc.remoteDescription)) await this.#add(candidate);
    else this.#early.push(candidate);
  }

  async #add(candidate: RTCIceCandidateInit | null): Promise<void> {
    if (this.#glare?.isIgnoring) return;
    await inPhase('negotiation', 'addIceCandidate()', () => this.pc.addIceCandidate(candidate ?? undefined));
  }

  #listen(): void {
    const { pc } = this;
    pc.addEventListener('signalingstatechange', () => {
      this.#note('signalingState', pc.signalingState);
      this.#watchDtls();
    });
    pc.addEventListener('icegatheringstatechange', () => {
      this.#note('iceGatheringState', pc.iceGatheringState);
      if (pc.iceGatheringState === 'complete') this.#onGathered();
    });
    pc.addEventListener('iceconnectionstatechange', () => this.#onIceState());
    pc.addEventListener('connectionstatechange', () => this.#onState());
    pc.addEventListener('icecandidate', ({ candidate }) => this.#onCandidate(candidate));
    pc.addEventListener('icecandidateerror', (event) => this.#onCandidateError(event));
    if (this.#options.settings.politeness)
      pc.addEventListener('negotiationneeded', () => void this.#onNegotiationNeeded());
  }

  /** The first offer is the script's to ask for. */
  async #onNegotiationNeeded(): Promise<void> {
    if (!this.pc.localDescription && !this.pc.remoteDescription) return;
    try {
      await this.#glare!.offering(() => this.offer());
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #onIceState(): void {
    const state = this.pc.iceConnectionState;
    this.#note('iceConnectionState', state);
    if (state === 'connected' || state === 'completed') this.marks.iceConnected ??= now();
    if (state === 'failed') this.fail(this.#iceFailure());
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
      const isIce = this.pc.iceConnectionState === 'failed' || this.marks.iceConnected === undefined;
      this.fail(isIce ? this.#iceFailure() : new PhaseError('dtls', 'DTLS failed after ICE had connected'));
    }
  }

  #iceFailure(): PhaseError {
    const isEmpty = this.#gathered === 0 && this.pc.iceGatheringState === 'complete';
    return iceFailure({ rtc: this.#options.rtc, trace: this.trace, isEmpty });
  }

  /** Firefox fails at once without candidates; Chromium goes on waiting for the other side's. */
  #onGathered(): void {
    this.marks.gatherEnd ??= now();
    if (this.#gathered === 0) this.fail(this.#iceFailure());
  }

  #onCandidate(candidate: RTCIceCandidate | null): void {
    // An empty candidate ends one generation; the null that follows ends them all.
    if (candidate && candidate.candidate === '') return;
    if (candidate) {
      this.#gathered++;
      const record = toCandidateRecord(candidate, now());
      this.#markCandidate(record);
      this.trace.localCandidates.push(record);
      this.#options.emit('icecandidate', record);
    } else this.#onGathered();
    if (this.#trickles) this.#options.sendCandidate(candidate && candidate.toJSON());
  }

  #mark(moment: 'offerSent' | 'offerReceived' | 'answerSent' | 'answerReceived'): void {
    if (this.#generation === 1) this.marks[moment] ??= now();
  }

  #markCandidate({ t, type }: CandidateRecord): void {
    if (this.#generation > 1) return;
    this.marks.firstCandidate ??= t;
    if (type === 'srflx') this.marks.firstSrflx ??= t;
    if (type === 'relay') this.marks.firstRelay ??= t;
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

  #tellArrival(): void {
    this.remoteMedia.arrived.then(() => this.#tellMarks()).catch(() => {});
  }

  /** Told while the page lives, as a page that died cannot be asked. */
  #tellMarks(): void {
    this.#options.emit('marks', this.marks);
  }

  #note(what: string, value: string): void {
    const t = now();
    this.trace.states.push([t, what, value]);
    this.states.note(what, value, t);
    this.#options.emit('state', { what, value });
  }
}
