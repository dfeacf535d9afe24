import { Outbox } from '../outbox.ts';
import {
  DEFAULT_MESSAGE_BYTES,
  type ErrorFrame,
  type Payloads,
  type PeerJoinedFrame,
  type PeerLeftFrame,
  type RelayKind,
  type RosterFrame,
  type SignalingMessage,
  type WelcomeFrame,
} from '../protocol.ts';
import { Acknowledgements } from './acknowledgements.ts';
import { AwaitedPeers, type Unsent } from './awaited-peers.ts';
import { DEFAULT_BACKOFF } from './backoff.ts';
import { errorOf, SignalingClientError } from './errors.ts';
import { fatalCode, parseServerFrame } from './frames.ts';
import { Link } from './link.ts';
import { globalSocket, parseUrl, type SignalingClientOptions, type SignalingClientState } from './options.ts';
import { Roster } from './roster.ts';

export { SignalingClientError, type ClientErrorCode } from './errors.ts';
export type { SignalingClientOptions, SignalingClientState } from './options.ts';

const ATTEMPT_TIMEOUT_MS = 10_000;
const MAX_PENDING = 2048;
/** What a server says that knows nothing of the session that is to be resumed. */
const FORGOTTEN = 'resume-unknown';

/** Joins a room on a signaling stub. Returns at once; sends until it is connected are kept. */
export function openSignalingClient(options: SignalingClientOptions): SignalingClient {
  return new SignalingClient(options);
}

/**
 * A peer's place in a room, which outlives its sockets: nothing is lost, doubled or reordered by a reconnect.
 *
 * A server that has forgotten it, as one does that was restarted, is joined anew (`open`, `rejoined`): what it had not
 * acknowledged is sent again once its recipient is back, so that a message may come twice; what it had, may be lost.
 */
export class SignalingClient implements AsyncDisposable {
  /** Resolves at the first welcome; rejects with {@link SignalingClientError} if it closes before that. */
  readonly joined: Promise<void>;
  readonly #options: SignalingClientOptions;
  readonly #link: Link;
  readonly #outbox: Outbox;
  #key = randomKey();
  readonly #encoder = new TextEncoder();
  readonly #roster = new Roster();
  readonly #awaited = new AwaitedPeers();
  #state: SignalingClientState = 'connecting';
  /** `undefined` until the first welcome. */
  #receivedSeq: number | undefined;
  #messageBytes = DEFAULT_MESSAGE_BYTES;
  #resumeGraceMs = 0;
  /** The server has forgotten us, and we have not joined again yet. */
  #isForgotten = false;
  readonly #acknowledgements = new Acknowledgements(() => this.#sendAck());
  /** Set while the server wants us to slow down. */
  #pauseTimer: ReturnType<typeof setTimeout> | undefined;
  #leaving = false;
  #closing = false;
  #closed: Promise<void> | undefined;
  #settleJoined: { resolve: () => void; reject: (error: Error) => void } | undefined;
  #onClosed: (() => void) | undefined;

  constructor(options: SignalingClientOptions) {
    const { maxPending = MAX_PENDING, maxPendingBytes = 16 * 1024 * 1024, openTimeoutMs = 30_000 } = options;
    this.#options = options;
    this.#outbox = new Outbox({ frames: maxPending, sizeBytes: maxPendingBytes });
    this.joined = new Promise((resolve, reject) => (this.#settleJoined = { resolve, reject }));
    // Whoever listens to `onError` only must not get an unhandled rejection on top of it.
    this.joined.catch(() => {});
    const { WebSocket = globalSocket() } = options;
    this.#link = new Link({
      url: parseUrl(options.url, WebSocket),
      WebSocket,
      backoff: options.backoff ?? DEFAULT_BACKOFF,
      random: options.random ?? Math.random,
      attemptTimeoutMs: ATTEMPT_TIMEOUT_MS,
      onUp: () => this.#join(),
      onText: (text) => this.#receive(text),
      onDown: (code, why) => this.#onDown(code, why),
      onGiveUp: (why) => this.#fail({ code: 'connection-lost', message: `${options.url}: ${why}` }),
    });
    this.#link.start(openTimeoutMs);
  }

  get state(): SignalingClientState {
    return this.#state;
  }

  /** The other peers in the room, as last heard. */
  get peers(): string[] {
    return this.#roster.peers;
  }

  /** How many messages the server has not acknowledged yet. */
  get pending(): number {
    return this.#outbox.length + this.#awaited.length;
  }

  /**
   * Sends to one peer, or with `to` undefined to everybody else in the room. Kept until the server has it.
   *
   * Returns false, and sends nothing, once the client is closing or closed. Throws {@link SignalingClientError} when
   * the message is too large or too many wait already.
   */
  send<Kind extends RelayKind>(
    to: string | undefined,
    kind: Kind,
    payload: Payloads[Kind],
    { connection }: { connection?: string } = {},
  ): boolean {
    if (this.#state === 'closed' || this.#closing) return false;
    const body = JSON.stringify({ kind, to, connection, payload });
    const sizeBytes = this.#encoder.encode(body).length + String(this.#outbox.lastSeq).length + 8;
    this.#checkSize(kind, sizeBytes);
    if (this.#awaited.isAwaited(to)) this.#keep({ to, body, sizeBytes });
    else this.#post(body, sizeBytes);
    return true;
  }

  /** Delivers what is still to be sent, leaves the room, and ends. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#closing = true;
    if (this.#state === 'closed') return;
    const { closeTimeoutMs = 2000 } = this.#options;
    const closed = new Promise<void>((resolve) => (this.#onClosed = resolve));
    const deadline = setTimeout(() => this.#end('not left in time'), closeTimeoutMs);
    if (this.#state === 'connecting' && !this.#link.isUp) this.#end('closed');
    else this.#leaveWhenDone();
    await closed;
    clearTimeout(deadline);
  }

  #post(body: string, sizeBytes: number): void {
    const frame = this.#outbox.add(body, sizeBytes);
    if (frame === undefined) throw this.#tooMany();
    if (this.#state === 'open' && this.#pauseTimer === undefined) this.#link.send(frame);
  }

  #keep(message: Unsent): void {
    if (this.#awaited.length >= (this.#options.maxPending ?? MAX_PENDING)) throw this.#tooMany();
    this.#awaited.keep(message);
  }

  #tooMany(): SignalingClientError {
    const message = `${this.pending} messages wait for the server already`;
    return new SignalingClientError(message, { code: 'send-buffer-full', fatal: false });
  }

  #join(): void {
    const { token, room, peer, owner } = this.#options;
    const frame = { kind: 'join', room, peer, token, key: this.#key, owner, lastSeq: this.#receivedSeq };
    this.#link.send(JSON.stringify(frame));
  }

  /** Leaves once the server has all that was sent; it closes the socket then. */
  #leaveWhenDone(): void {
    const done = this.#closing && this.#state === 'open' && this.pending === 0;
    if (!done || this.#leaving) return;
    this.#leaving = true;
    this.#link.send('{"kind":"leave"}');
  }

  #receive(text: string): void {
    const frame = parseServerFrame(text);
    if (!frame)
      return this.#fail({ code: 'bad-message', message: 'the server sent something that is no frame' });
    switch (frame.kind) {
      case 'welcome':
        return this.#welcome(frame);
      case 'ack':
        this.#outbox.acknowledge(frame.seq);
        return this.#leaveWhenDone();
      case 'error':
        return this.#onErrorFrame(frame);
      case 'pong':
        return;
      default:
        return this.#receiveNumbered(frame);
    }
  }

  #welcome(frame: WelcomeFrame): void {
    this.#link.settle(frame.heartbeatMs);
    this.#messageBytes = frame.messageBytes;
    this.#resumeGraceMs = frame.resumeGraceMs;
    this.#receivedSeq ??= 0;
    this.#outbox.acknowledge(frame.lastSeq);
    if (this.#isForgotten) this.#awaited.giveUpAfter(frame.resumeGraceMs, (unsent) => this.#postAll(unsent));
    this.#setState('open', this.#isForgotten ? 'rejoined' : frame.resumed ? 'resumed' : 'joined');
    this.#isForgotten = false;
    this.#settleJoined?.resolve();
    this.#settleJoined = undefined;
    this.#sendPending();
    this.#leaveWhenDone();
  }

  #sendPending(): void {
    clearTimeout(this.#pauseTimer);
    this.#pauseTimer = undefined;
    for (const frame of this.#outbox.pending()) this.#link.send(frame);
  }

  #receiveNumbered(frame: SignalingMessage | RosterFrame | PeerJoinedFrame | PeerLeftFrame): void {
    const expected = (this.#receivedSeq ?? 0) + 1;
    if (frame.seq < expected) return;
    if (frame.seq > expected) return this.#link.drop(`expected number ${expected}, got ${frame.seq}`);
    this.#receivedSeq = frame.seq;
    this.#acknowledgements.arrived();
    switch (frame.kind) {
      case 'roster':
      case 'peer-joined':
      case 'peer-left':
        return this.#updateRoster(frame);
      default:
        return this.#options.onMessage?.(frame);
    }
  }

  #updateRoster(frame: RosterFrame | PeerJoinedFrame | PeerLeftFrame): void {
    this.#postAll(this.#awaited.arrived(this.#roster.update(frame)));
    this.#options.onRoster?.(this.peers);
  }

  #postAll(unsent: readonly Unsent[]): void {
    for (const { body, sizeBytes } of unsent) this.#post(body, sizeBytes);
  }

  /** The server knows nothing of us: what it has not acknowledged waits for those it is meant for. */
  #forgetSession(): void {
    const unsent = this.#outbox.restart().map(({ body, sizeBytes }) => {
      const { to } = JSON.parse(body) as { to?: string };
      return { to, body, sizeBytes };
    });
    this.#awaited.expect(this.peers, unsent);
    this.#isForgotten = true;
    this.#key = randomKey();
    this.#receivedSeq = undefined;
    this.#acknowledgements.stop();
  }

  #sendAck(): void {
    // Between two sockets the join says the same with `lastSeq`.
    if (this.#state === 'open') this.#link.send(`{"kind":"ack","seq":${this.#receivedSeq}}`);
  }

  #onErrorFrame(frame: ErrorFrame): void {
    if (frame.code === FORGOTTEN && !this.#leaving) {
      this.#forgetSession();
      return this.#link.drop(frame.message);
    }
    if (frame.fatal) return this.#fail(frame);
    if (frame.code === 'rate-limited') this.#pause(frame.retryAfterMs ?? 1000);
    this.#options.onError?.(errorOf(frame));
  }

  #pause(retryAfterMs: number): void {
    clearTimeout(this.#pauseTimer);
    this.#pauseTimer = setTimeout(() => this.#sendPending(), retryAfterMs);
  }

  #onDown(code: number | undefined, why: string): void {
    clearTimeout(this.#pauseTimer);
    this.#pauseTimer = undefined;
    if (this.#leaving) return this.#end('left');
    const fatal = fatalCode(code);
    if (fatal === FORGOTTEN) this.#forgetSession();
    else if (fatal) return this.#fail({ code: fatal, message: why });
    if (this.#state === 'connecting') return;
    this.#setState('reconnecting', why);
    this.#link.giveUpAfter(this.#resumeGraceMs);
  }

  #fail(error: { code: SignalingClientError['code']; message: string; hint?: string }): void {
    if (this.#leaving) return this.#end('left');
    const { code, message, hint } = error;
    this.#end(
      message,
      new SignalingClientError(message, { code, fatal: true, ...(hint === undefined ? {} : { hint }) }),
    );
  }

  #end(why: string, error?: SignalingClientError): void {
    if (this.#state === 'closed') return;
    this.#link.stop();
    this.#acknowledgements.stop();
    clearTimeout(this.#pauseTimer);
    this.#awaited.stop();
    const unjoined = new SignalingClientError(why, { code: 'closed', fatal: true });
    this.#settleJoined?.reject(error ?? unjoined);
    this.#settleJoined = undefined;
    this.#setState('closed', why);
    if (error) this.#options.onError?.(error);
    this.#onClosed?.();
  }

  #setState(state: SignalingClientState, why: string): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#options.onStateChange?.(state, why);
  }

  #checkSize(kind: RelayKind, sizeBytes: number): void {
    if (sizeBytes <= this.#messageBytes) return;
    const message = `${kind}: expected at most ${this.#messageBytes} bytes, got ${sizeBytes}`;
    throw new SignalingClientError(message, { code: 'message-too-large', fatal: false });
  }
}

/** 128 random bits as hex. `crypto.randomUUID()` would need a secure context. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
