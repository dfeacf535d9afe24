import { backoffDelayMs, type Backoff } from './backoff.ts';
import { SOCKET_OPEN, type Socket, type SocketConstructor } from './socket.ts';

export interface LinkOptions {
  url: string;
  WebSocket: SocketConstructor;
  backoff: Backoff;
  random: () => number;
  /** Longest one attempt may take from its start until {@link Link.settle}, ms. */
  attemptTimeoutMs: number;
  /** A socket is open. */
  onUp: () => void;
  onText: (text: string) => void;
  /** The socket is gone; the next attempt follows unless {@link Link.stop} is called. `code` is the close code. */
  onDown: (code: number | undefined, why: string) => void;
  /** Too long without a settled socket: nothing follows. */
  onGiveUp: (why: string) => void;
}

const MISSED_PINGS = 2;
const PING = '{"kind":"ping"}';

/** A socket that comes back: connects, finds out when it is dead, waits and connects again. */
export class Link {
  readonly #options: LinkOptions;
  #socket: Socket | undefined;
  #attempt = 0;
  #missed = 0;
  #lastWhy = 'no answer yet';
  #stopped = false;
  #attemptTimer: ReturnType<typeof setTimeout> | undefined;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #giveUpTimer: ReturnType<typeof setTimeout> | undefined;
  #heartbeat: ReturnType<typeof setInterval> | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  get isUp(): boolean {
    return this.#socket?.readyState === SOCKET_OPEN;
  }

  /** Connects, and goes on trying for `giveUpMs`. */
  start(giveUpMs: number): void {
    this.#giveUpAfter(giveUpMs);
    this.#connect();
  }

  /** Sends if a socket is open; what is lost otherwise is the caller's to send again. */
  send(text: string): void {
    if (this.isUp) this.#socket?.send(text);
  }

  /** The other end has taken this socket in: failures count from zero again, and from now on it is probed. */
  settle(heartbeatMs: number): void {
    this.#attempt = 0;
    clearTimeout(this.#attemptTimer);
    clearTimeout(this.#giveUpTimer);
    this.#giveUpTimer = undefined;
    clearInterval(this.#heartbeat);
    this.#missed = 0;
    this.#heartbeat = setInterval(() => this.#probe(), heartbeatMs);
  }

  /** Gives the present socket up and connects anew. */
  drop(why: string): void {
    const socket = this.#socket;
    this.#socket = undefined;
    cut(socket);
    this.#down(undefined, why);
  }

  /** Bounds how long it may go on without a settled socket, if nothing bounds it yet. */
  giveUpAfter(giveUpMs: number): void {
    if (this.#giveUpTimer === undefined) this.#giveUpAfter(giveUpMs);
  }

  /** Ends for good, at once. Nothing is called after it. */
  stop(): void {
    this.#stopped = true;
    for (const timer of [this.#attemptTimer, this.#retryTimer, this.#giveUpTimer]) clearTimeout(timer);
    clearInterval(this.#heartbeat);
    const socket = this.#socket;
    this.#socket = undefined;
    cut(socket);
  }

  #connect(): void {
    const { WebSocket: Constructor, url, attemptTimeoutMs } = this.#options;
    const socket = new Constructor(url);
    this.#socket = socket;
    const isCurrent = () => this.#socket === socket;
    socket.addEventListener('open', () => isCurrent() && this.#options.onUp());
    socket.addEventListener('message', ({ data }) => {
      if (!isCurrent()) return;
      this.#missed = 0;
      if (typeof data === 'string') this.#options.onText(data);
    });
    // A close event with the reason always follows; without a listener `ws` would throw instead.
    socket.addEventListener('error', () => {});
    socket.addEventListener('close', ({ code, reason }) => {
      if (!isCurrent()) return;
      this.#socket = undefined;
      this.#down(code, reason || `the socket closed with code ${code}`);
    });
    this.#attemptTimer = setTimeout(
      () => this.drop(`no welcome in ${attemptTimeoutMs} ms`),
      attemptTimeoutMs,
    );
  }

  #down(code: number | undefined, why: string): void {
    clearTimeout(this.#attemptTimer);
    clearInterval(this.#heartbeat);
    this.#lastWhy = why;
    this.#options.onDown(code, why);
    if (this.#stopped) return;
    const delayMs = backoffDelayMs(this.#attempt, this.#options.backoff, this.#options.random);
    this.#attempt += 1;
    this.#retryTimer = setTimeout(() => this.#connect(), delayMs);
  }

  #probe(): void {
    // Two, not one: after a stall of the page the answers wait unread behind this very timer.
    if (this.#missed >= MISSED_PINGS) return this.drop(`${this.#missed} pings were not answered`);
    this.#missed += 1;
    this.send(PING);
  }

  #giveUpAfter(giveUpMs: number): void {
    this.#giveUpTimer = setTimeout(() => {
      this.stop();
      this.#options.onGiveUp(`no connection for ${giveUpMs} ms (last: ${this.#lastWhy})`);
    }, giveUpMs);
  }
}

function cut(socket: Socket | undefined): void {
  if (socket?.terminate) socket.terminate();
  else socket?.close();
}
