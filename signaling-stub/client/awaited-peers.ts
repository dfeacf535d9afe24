/** A message on its way, before it has a number. */
export interface Unsent {
  /** `undefined` in a broadcast. */
  to: string | undefined;
  /** A JSON object without `seq`. */
  body: string;
  sizeBytes: number;
}

/**
 * After the server has forgotten the room: who is expected back, and what waits for them.
 *
 * Peers of a restarted server come back one by one; what is sent to one that is not there yet would only be refused.
 */
export class AwaitedPeers {
  readonly #peers = new Set<string>();
  #waiting: Unsent[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** How many messages wait. */
  get length(): number {
    return this.#waiting.length;
  }

  /** The room was forgotten with these peers in it, and these messages on their way. */
  expect(peers: Iterable<string>, unsent: readonly Unsent[]): void {
    clearTimeout(this.#timer);
    for (const peer of peers) this.#peers.add(peer);
    this.#waiting = [...unsent, ...this.#waiting];
  }

  /** Whether a message must wait: its recipient is not back, or for a broadcast anybody is not. */
  isAwaited(to: string | undefined): boolean {
    return to === undefined ? this.#peers.size > 0 : this.#peers.has(to);
  }

  keep(message: Unsent): void {
    this.#waiting.push(message);
  }

  /** They are there: what may go now, in its order. */
  arrived(peers: Iterable<string>): Unsent[] {
    for (const peer of peers) this.#peers.delete(peer);
    const due = this.#waiting.filter(({ to }) => !this.isAwaited(to));
    this.#waiting = this.#waiting.filter(({ to }) => this.isAwaited(to));
    return due;
  }

  /** Hands everything over when the time is over: the server then says who is not there. */
  giveUpAfter(ms: number, handOver: (unsent: Unsent[]) => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => handOver(this.arrived([...this.#peers])), ms);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
