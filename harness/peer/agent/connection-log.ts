import type { CandidateRecord, PeerMarks } from '../../call-record.ts';
import { toCandidateRecord } from './candidate.ts';
import { now } from './clock.ts';
import type { Trace } from './evidence.ts';
import { iceFailure } from './gathering.ts';
import { PhaseError } from './phase-error.ts';
import { StateWatch } from './state-watch.ts';

export interface ConnectionLogOptions {
  pc: RTCPeerConnection;
  rtc: RTCConfiguration;
  /** Tells the harness. */
  emit: (name: string, data?: unknown) => void;
  onConnected: () => void;
  /** Nothing was gathered, or ICE or DTLS has failed. */
  onFailed: (why: PhaseError) => void;
  /** A candidate of this side's; `null` says that there are no more. */
  onCandidate: (candidate: RTCIceCandidate | null) => void;
}

/** Notes when what happened to a connection, and tells the harness while it happens. Marks are the first ICE generation's. */
export class ConnectionLog {
  readonly marks: PeerMarks = {};
  readonly trace: Trace = { states: [], localCandidates: [], remoteCandidates: [], iceErrors: [] };
  readonly states = new StateWatch();
  #options: ConnectionLogOptions;
  /** Candidates of this ICE generation, and which generation it is. */
  #gathered = 0;
  #generation = 1;
  #transports = new WeakSet<RTCDtlsTransport>();

  constructor(options: ConnectionLogOptions) {
    this.#options = options;
    const { pc } = options;
    pc.addEventListener('signalingstatechange', () => {
      this.#note('signalingState', pc.signalingState);
      this.watchDtls();
    });
    pc.addEventListener('icegatheringstatechange', () => {
      this.#note('iceGatheringState', pc.iceGatheringState);
      if (pc.iceGatheringState === 'complete') this.#onGathered();
    });
    pc.addEventListener('iceconnectionstatechange', () => this.#onIceState(pc.iceConnectionState));
    pc.addEventListener('connectionstatechange', () => this.#onState(pc.connectionState));
    pc.addEventListener('icecandidate', ({ candidate }) => this.#onCandidate(candidate));
    pc.addEventListener('icecandidateerror', (event) => this.#onCandidateError(event));
  }

  beginGeneration(): void {
    this.#generation++;
    this.#gathered = 0;
  }

  mark(moment: 'offerSent' | 'offerReceived' | 'answerSent' | 'answerReceived'): void {
    if (this.#generation === 1) this.marks[moment] ??= now();
  }

  /** Told while the page lives, as a page that died cannot be asked. */
  tellMarks(): void {
    this.#options.emit('marks', this.marks);
  }

  noteRemoteCandidate(candidate: RTCIceCandidateInit): void {
    this.trace.remoteCandidates.push(toCandidateRecord(candidate, now()));
  }

  /** Of transports that have come since; they have no event of their own. */
  watchDtls(): void {
    for (const { sender } of this.#options.pc.getTransceivers()) {
      const transport = sender.transport;
      if (!transport || this.#transports.has(transport)) continue;
      this.#transports.add(transport);
      const onState = () => {
        this.#note('dtlsState', transport.state);
        if (transport.state === 'connected') this.marks.dtlsConnected ??= now();
      };
      transport.addEventListener('statechange', onState);
      if (transport.state !== 'new') onState();
    }
  }

  #onIceState(state: RTCIceConnectionState): void {
    this.#note('iceConnectionState', state);
    if (state === 'connected' || state === 'completed') this.marks.iceConnected ??= now();
    if (state === 'failed') this.#options.onFailed(this.#iceFailure());
  }

  #onState(state: RTCPeerConnectionState): void {
    this.#note('connectionState', state);
    if (state === 'connected') {
      this.marks.connected ??= now();
      // Not every browser tells of the DTLS transport's states in time; it cannot be later than this.
      this.marks.dtlsConnected ??= this.marks.connected;
      this.#options.onConnected();
      this.tellMarks();
    }
    if (state === 'failed') {
      const { iceConnectionState } = this.#options.pc;
      const isIce = iceConnectionState === 'failed' || this.marks.iceConnected === undefined;
      const dtls = () => new PhaseError('dtls', 'DTLS failed after ICE had connected');
      this.#options.onFailed(isIce ? this.#iceFailure() : dtls());
    }
  }

  #iceFailure(): PhaseError {
    const { pc, rtc } = this.#options;
    const isEmpty = this.#gathered === 0 && pc.iceGatheringState === 'complete';
    return iceFailure({ rtc, trace: this.trace, isEmpty });
  }

  /** Firefox fails at once without candidates; Chromium goes on waiting for the other side's. */
  #onGathered(): void {
    this.marks.gatherEnd ??= now();
    if (this.#gathered === 0) this.#options.onFailed(this.#iceFailure());
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
    this.#options.onCandidate(candidate);
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

  #note(what: string, value: string): void {
    const t = now();
    this.trace.states.push([t, what, value]);
    this.states.note(what, value, t);
    this.#options.emit('state', { what, value });
  }
}
