import { randomBytes } from 'node:crypto';
import type {
  CandidatePayload,
  ErrorCode,
  ErrorFrame,
  Payloads,
  RelayKind,
  ServerFrame,
  SignalingMessage,
} from '../protocol.ts';
import { withCandidates, type SdpFragment } from '../sdp-fragment.ts';
import type { Connection, ConnectionHandlers, OfferTimes } from './transport.ts';

const TIMES: OfferTimes = { answerMs: 30_000, gatherMs: 3000, idleMs: 24 * 3600 * 1000 };

/** Why a request of a WHIP client's is refused. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface WhipSessionOptions {
  room: string;
  peer: string;
  /** Who is to answer. Default: the only other peer in the room. */
  to: string | undefined;
  token: string;
  owner: string | undefined;
  remote: string;
  times: Partial<OfferTimes> | undefined;
  onGone: (session: WhipSession) => void;
}

/**
 * An offerer that speaks HTTP, as a peer in a room: its offer, its candidates and its end become messages to the peer
 * that answers, and that one's answer, with its candidates, becomes the answer to the request.
 */
export class WhipSession implements Connection {
  readonly id = randomBytes(18).toString('base64url');
  readonly token: string;
  readonly remote: string;
  /** Names the ICE generation (RFC 9725 §4.3.1); another one after each restart. */
  etag = newTag();
  /** The newest offer of the client's, and its answer with what candidates there were. */
  offer = '';
  answer = '';
  readonly #options: WhipSessionOptions;
  readonly #times: OfferTimes;
  readonly #idle: NodeJS.Timeout;
  #handlers: ConnectionHandlers | undefined;
  #sent = 0;
  #others: string[] = [];
  #to: string | undefined;
  #isGone = false;
  #candidates: CandidatePayload[] = [];
  #waiting: { got: (sdp: string) => void; failed: (refusal: Refusal) => void } | undefined;
  #onCandidate: (() => void) | undefined;
  #refusal: Refusal | undefined;

  constructor(options: WhipSessionOptions) {
    this.#options = options;
    this.#times = { ...TIMES, ...options.times };
    this.#idle = setTimeout(() => this.end(), this.#times.idleMs);
    this.token = options.token;
    this.remote = options.remote;
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /** The client has asked something: it lives. */
  touch(): void {
    this.#idle.refresh();
  }

  /** Takes a place in the room. @throws Refusal */
  join(handlers: ConnectionHandlers): void {
    this.#handlers = handlers;
    const { room, peer, owner, to } = this.#options;
    // A wrong token ends the link before anybody could be told.
    if (this.#isGone) handlers.closed();
    this.#frame({ kind: 'join', room, peer, owner });
    const refusal = this.#refusal;
    if (refusal) this.end();
    if (this.#isGone) throw refusal ?? new Refusal(503, 'the signaling was cut');
    this.#to = to ?? (this.#others.length === 1 ? this.#others[0] : undefined);
    if (this.#to !== undefined && this.#others.includes(this.#to)) return;
    const there = this.#others.length === 0 ? 'nobody' : this.#others.join(', ');
    this.end();
    throw new Refusal(404, `${to ?? 'one other peer'} is to answer, and in room ${room} there is ${there}`);
  }

  /** Offers, and resolves with the answer and the candidates that came with it. @throws Refusal */
  async exchange(offer: string): Promise<string> {
    if (this.#waiting) throw new Refusal(409, 'an offer of this session is not answered yet');
    this.#candidates = [];
    const answered = new Promise<string>((got, failed) => (this.#waiting = { got, failed }));
    const { answerMs } = this.#times;
    const late = () => this.#waiting?.failed(new Refusal(504, `no answer came within ${answerMs} ms`));
    const deadline = setTimeout(late, answerMs);
    try {
      this.#say('description', { type: 'offer', sdp: offer });
      const answer = await answered;
      await this.#gathered(answer);
      if (this.#isGone) throw this.#refusal ?? new Refusal(503, 'the signaling was cut');
      this.offer = offer;
      this.answer = withCandidates(answer, this.gathered);
      return this.answer;
    } finally {
      clearTimeout(deadline);
      this.#waiting = undefined;
    }
  }

  /** The answerer's candidates so far, of this generation. */
  get gathered(): SdpFragment {
    const real = this.#candidates.filter((candidate) => candidate !== null && candidate.candidate !== '');
    return { candidates: real as RTCIceCandidateInit[], ended: this.#candidates.some(isLast) };
  }

  renewTag(): void {
    this.etag = newTag();
  }

  /** Tells the answerer of more candidates of the client's. @throws Refusal What came before it has been told. */
  trickle({ candidates, ended }: SdpFragment): void {
    for (const candidate of [...candidates, ...(ended ? [null] : [])]) {
      this.#say('candidate', candidate);
      if (this.#refusal) throw this.#refusal;
    }
  }

  /** The client has ended the session. */
  hangUp(): void {
    this.#say('bye', { reason: 'hang-up' });
    this.end();
  }

  end(): void {
    if (this.#isGone) return;
    this.#frame({ kind: 'leave' });
    this.terminate();
  }

  send(text: string): void {
    const frame = JSON.parse(text) as ServerFrame;
    if ('seq' in frame && frame.kind !== 'ack' && frame.kind !== 'error')
      this.#frame({ kind: 'ack', seq: frame.seq });
    switch (frame.kind) {
      case 'roster':
        this.#others = frame.peers;
        return;
      case 'peer-left':
        return frame.peer === this.#to ? this.#over(`${frame.peer} has left`) : undefined;
      case 'error':
        this.#refusal = refusalOf(frame);
        // It did not count, and the number is expected again.
        if (frame.code === 'rate-limited') this.#sent -= 1;
        return this.#waiting?.failed(this.#refusal);
      case 'description':
      case 'candidate':
      case 'bye':
        return frame.from === this.#to ? this.#hear(frame) : undefined;
      default:
        return;
    }
  }

  close(): void {
    this.terminate();
  }

  terminate(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    clearTimeout(this.#idle);
    this.#waiting?.failed(new Refusal(503, 'the signaling was cut'));
    this.#onCandidate?.();
    this.#handlers?.closed();
    this.#options.onGone(this);
  }

  #hear(message: SignalingMessage): void {
    if (message.kind === 'bye') return this.#over(`${message.from} has hung up`);
    if (message.kind === 'candidate') {
      // What comes after the answer has no way to the client.
      if (this.#waiting) this.#candidates.push(message.payload);
      return this.#onCandidate?.();
    }
    const { type, sdp } = message.payload;
    // WHIP has no way to bring the client an offer of the other side's.
    if (type === 'answer' && sdp !== undefined) this.#waiting?.got(sdp);
  }

  #over(why: string): void {
    this.#refusal = new Refusal(404, why);
    this.#waiting?.failed(this.#refusal);
    // Not from inside of what the hub does just now.
    setImmediate(() => this.end());
  }

  /** Resolves when the answerer has no more candidates, or after a while. */
  async #gathered(answer: string): Promise<void> {
    const isEnded = () => this.#candidates.some(isLast) || /^a=end-of-candidates\s*$/m.test(answer);
    await new Promise<void>((resolve) => {
      const deadline = setTimeout(resolve, this.#times.gatherMs);
      this.#onCandidate = () => {
        if (!isEnded() && !this.#isGone) return;
        clearTimeout(deadline);
        resolve();
      };
      this.#onCandidate();
    });
    this.#onCandidate = undefined;
  }

  #say<Kind extends RelayKind>(kind: Kind, payload: Payloads[Kind]): void {
    this.#sent += 1;
    this.#refusal = undefined;
    this.#frame({ kind, seq: this.#sent, to: this.#to, payload });
  }

  #frame(frame: object): void {
    if (this.#isGone) return;
    const text = JSON.stringify(frame);
    this.#handlers?.frame(text, Buffer.byteLength(text));
  }
}

/** @see https://www.w3.org/TR/webrtc/#dom-rtcicecandidate-candidate Empty: the end, as Firefox says it. */
function isLast(candidate: CandidatePayload): boolean {
  return candidate === null || candidate.candidate === '';
}

const STATUS: Partial<Record<ErrorCode, number>> = {
  unauthorized: 401,
  'unknown-recipient': 404,
  'name-taken': 409,
  'message-too-large': 413,
  'bad-message': 400,
};

/** Limits are the server's affair: the client may try again. */
function refusalOf({ code, message }: ErrorFrame): Refusal {
  return new Refusal(STATUS[code] ?? 503, message);
}

/** Strong, as RFC 9725 §4.3.1 wants it. */
function newTag(): string {
  return `"${randomBytes(9).toString('base64url')}"`;
}
