export interface OutboxLimits {
  frames: number;
  sizeBytes: number;
}

/** A frame as it was given, without its number. */
export interface Unnumbered {
  body: string;
  sizeBytes: number;
}

interface Kept {
  text: string;
  sizeBytes: number;
}

/**
 * Numbered frames on their way to one receiver, kept until it says that they arrived.
 *
 * Used at both ends: the server keeps one per peer, the client one for what it sends. Bounded: a receiver that
 * never acknowledges fills it, and then {@link add} says no.
 */
export class Outbox {
  readonly #limits: OutboxLimits;
  #kept: Kept[] = [];
  #keptBytes = 0;
  #lastSeq = 0;

  constructor(limits: OutboxLimits) {
    this.#limits = limits;
  }

  /** The number given last; 0 before the first. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** The highest number acknowledged so far. */
  get acknowledgedSeq(): number {
    return this.#lastSeq - this.#kept.length;
  }

  /** How many frames wait for their acknowledgement. */
  get length(): number {
    return this.#kept.length;
  }

  /**
   * Numbers a frame and keeps it. Returns its text, or `undefined` if the outbox is full.
   *
   * @param body a JSON object without `seq`, as text; written once for many receivers
   */
  add(body: string, sizeBytes: number): string | undefined {
    const full =
      this.#kept.length >= this.#limits.frames || this.#keptBytes + sizeBytes > this.#limits.sizeBytes;
    if (full) return undefined;
    this.#lastSeq += 1;
    const text = `{"seq":${this.#lastSeq},${body.slice(1)}`;
    this.#kept.push({ text, sizeBytes });
    this.#keptBytes += sizeBytes;
    return text;
  }

  /** Forgets everything up to `seq`. Returns false, and forgets nothing, if that number was never given. */
  acknowledge(seq: number): boolean {
    if (seq > this.#lastSeq) return false;
    const count = seq - this.acknowledgedSeq;
    if (count <= 0) return true;
    for (const { sizeBytes } of this.#kept.splice(0, count)) this.#keptBytes -= sizeBytes;
    return true;
  }

  /** Begins to number anew, as for another receiver; gives back what was not acknowledged, oldest first. */
  restart(): Unnumbered[] {
    const kept = this.#kept.map(({ text, sizeBytes }) => ({
      body: `{${text.slice(text.indexOf(',') + 1)}`,
      sizeBytes,
    }));
    this.#kept = [];
    this.#keptBytes = this.#lastSeq = 0;
    return kept;
  }

  /** What is not acknowledged yet, oldest first. */
  pending(): string[] {
    return this.#kept.map(({ text }) => text);
  }
}
