import type { PeerEvidence, PeerMarks } from '../../call-record.ts';
import type { RawStat } from '../../stats/sample.ts';
import { evidenceOf, type Trace } from './evidence.ts';
import { limitVideoBitrate } from './bitrate.ts';
import { now } from './clock.ts';
import { ConnectionLog } from './connection-log.ts';
import { gathered } from './gathering.ts';
import { Glare } from './glare.ts';
import { iceUfrag, isOfDescription, isOfGeneration } from './ice-generation.ts';
import { Milestone } from './milestone.ts';
import { inPhase, PhaseError } from './phase-error.ts';
import type { LocalSettings } from './local-settings.ts';
import { RemoteMedia } from './remote-media.ts';
import type { StateWatch } from './state-watch.ts';

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
  connected = new Milestone();
  #answered = new Milestone();
  #closed = new Milestone();
  #glare: Glare | undefined;
  readonly remoteMedia: RemoteMedia;
  #options: ConnectionOptions;
  #log: ConnectionLog;
  /** Candidates that came before the description they belong to (RFC 8838 §14). */
  #early: (RTCIceCandidateInit | null)[] = [];
  #lastEvidence: PeerEvidence | undefined;
  #whileConnected: PeerEvidence | undefined;
  /** What was refused, until a description is taken again. */
  #refused: string | undefined;
  /** What broke last, and in which generation. */
  #fault: { error: Error; ufrag: string } | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.remote = options.remote;
    this.pc = new RTCPeerConnection(options.rtc);
    for (const track of options.stream.getTracks()) this.#send(track);
    this.#log = new ConnectionLog({
      pc: this.pc,
      rtc: options.rtc,
      emit: options.emit,
      onConnected: () => this.connected.reach(),
      onFailed: (why) => this.fail(why),
      onCandidate: (candidate) => {
        if (this.#trickles) options.sendCandidate(candidate && candidate.toJSON());
      },
    });
    this.remoteMedia = new RemoteMedia(this.pc, this.marks);
    this.#tellArrival();
    const { politeness } = options.settings;
    if (!politeness) return;
    this.#glare = new Glare(this.pc, politeness);
    this.pc.addEventListener('negotiationneeded', () => void this.#onNegotiationNeeded());
  }

  /** When what happened first; epoch ms, this page's clock. */
  get marks(): PeerMarks {
    return this.#log.marks;
  }

  /** States and candidates as they came. */
  get trace(): Trace {
    return this.#log.trace;
  }

  get states(): StateWatch {
    return this.#log.states;
  }

  /** Offers; the answer comes by {@link accept}. */
  async offer(): Promise<void> {
    this.marks.start ??= now();
    if (this.pc.getTransceivers().length === 0) this.#receiveOnly();
    this.#answered = new Milestone();
    await this.#describeAndSend('offer');
    this.#log.mark('offerSent');
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
    // Firefox 153 throws if it is asked for the description of a closed connection.
    return iceUfrag(this.pc.signalingState === 'closed' ? null : this.pc.localDescription);
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
    this.#log.mark(isOffer ? 'offerReceived' : 'answerReceived');
    const doing = `setRemoteDescription(${description.type})`;
    await inPhase('negotiation', doing, () => this.pc.setRemoteDescription(description));
    this.#refused = undefined;
    for (const candidate of this.#early.splice(0)) await this.#addOrKeep(candidate);
    if (!isOffer) return this.#answered.reach();
    await this.#describeAndSend('answer');
    this.#log.mark('answerSent');
  }

  async addCandidate(candidate: RTCIceCandidateInit | null): Promise<void> {
    if (candidate?.candidate) this.#log.noteRemoteCandidate(candidate);
    await this.#addOrKeep(candidate);
  }

  fail(error: Error): void {
    this.#fault = { error, ufrag: this.ufrag };
    if (error instanceof PhaseError && error.phase === 'negotiation') this.#refused = error.message;
    this.connected.fail(error);
    this.#answered.fail(error);
    this.remoteMedia.fail(error);
  }

  readonly report = async (): Promise<RawStat[]> => {
    // Firefox 153 never settles a getStats() that was on its way when the connection closed, and refuses one that comes later.
    const asked = this.pc.getStats().catch((error: unknown) => {
      if (this.pc.signalingState !== 'closed') throw error;
    });
    const report = await Promise.race([asked, this.#closed.reached]);
    return [...(report?.values() ?? [])] as RawStat[];
  };

  /** What there was to see; after {@link close}, what there was just before. */
  async evidence(): Promise<PeerEvidence> {
    if (this.#lastEvidence) return this.#lastEvidence;
    const evidence = {
      ...(await evidenceOf(this)),
      ...(this.#refused !== undefined && { refused: this.#refused }),
      ...(this.#glare && { glares: this.#glare.count }),
    };
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
    this.#log.watchDtls();
  }

  #beginGeneration(): void {
    this.#log.beginGeneration();
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

  /** The first offer is the script's to ask for. */
  async #onNegotiationNeeded(): Promise<void> {
    if (!this.pc.localDescription && !this.pc.remoteDescription) return;
    try {
      await this.#glare!.offering(() => this.offer());
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #tellArrival(): void {
    this.remoteMedia.arrived.then(() => this.#log.tellMarks()).catch(() => {});
  }
}
