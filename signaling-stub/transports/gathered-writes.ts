import type { Duplex } from 'node:stream';

/** More than this is not gathered but written at once, bytes: what waits for a link stays small. */
const MOST_BYTES = 64 * 1024;

/**
 * Writes of one turn of the event loop, handed to the kernel together: a link's frames and acknowledgements cost one
 * system call instead of one each. They leave before the loop waits for anything new.
 */
export class GatheredWrites {
  readonly #gathering = new Set<Duplex>();

  /** What is written to the stream from now on leaves at the end of this turn, or with {@link release}. */
  gather(stream: Duplex): void {
    if (this.#gathering.has(stream)) {
      if (stream.writableLength > MOST_BYTES) this.release(stream);
      return;
    }
    if (this.#gathering.size === 0) setImmediate(() => this.#releaseAll());
    stream.cork();
    this.#gathering.add(stream);
  }

  /** Hands over what was gathered for a stream. */
  release(stream: Duplex): void {
    if (this.#gathering.delete(stream)) stream.uncork();
  }

  #releaseAll(): void {
    for (const stream of this.#gathering) stream.uncork();
    this.#gathering.clear();
  }
}
