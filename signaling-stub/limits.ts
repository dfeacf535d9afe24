import { DEFAULT_MESSAGE_BYTES } from './protocol.ts';

/** How much the stub takes before it answers with a typed error. */
export interface Limits {
  /** Largest frame a peer may send, bytes. */
  messageBytes: number;
  /** Messages a peer may send per second in the long run. */
  messagesPerSecond: number;
  /** Messages a peer may send at once. */
  burst: number;
  rooms: number;
  peersPerRoom: number;
  /** Peers in all rooms together; also the most sockets that may be open without having joined. */
  peers: number;
  /** Messages kept for a peer until it acknowledges them. */
  queueLength: number;
  /** The same in bytes; a socket that has twice as much unread is dropped. */
  queueBytes: number;
}

export const DEFAULT_LIMITS: Readonly<Limits> = Object.freeze({
  messageBytes: DEFAULT_MESSAGE_BYTES,
  messagesPerSecond: 500,
  burst: 1000,
  rooms: 1000,
  peersPerRoom: 100,
  peers: 5000,
  queueLength: 2048,
  queueBytes: 16 * 1024 * 1024,
});

/** Token bucket: `burst` at once, `perSecond` in the long run. Time is passed in, ms of any steady clock. */
export class RateLimiter {
  readonly #perSecond: number;
  readonly #burst: number;
  #tokens: number;
  #atMs: number;

  constructor({ perSecond, burst }: { perSecond: number; burst: number }, nowMs: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#tokens = burst;
    this.#atMs = nowMs;
  }

  /** Whether one more is allowed now; if so it is counted. */
  take(nowMs: number): boolean {
    const gained = ((nowMs - this.#atMs) / 1000) * this.#perSecond;
    this.#tokens = Math.min(this.#burst, this.#tokens + gained);
    this.#atMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** How long until half a burst is allowed again, ms: waiting less would only be limited again at once. */
  get retryAfterMs(): number {
    const wanted = Math.max(1, this.#burst / 2) - this.#tokens;
    return Math.max(0, Math.ceil((wanted / this.#perSecond) * 1000));
  }
}
