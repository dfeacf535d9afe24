/** A file that nobody could guess or compress, the same for the same seed. */
export function makeFile(sizeBytes: number, seed: number): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(sizeBytes / 4));
  let state = seed | 1;
  for (let i = 0; i < words.length; i++) {
    // xorshift32
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[i] = state;
  }
  return new Uint8Array(words.buffer, 0, sizeBytes);
}

/** As hexadecimal digits. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The pieces of a file in the order they came; more than was announced is refused. */
export class IncomingFile {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;

  constructor(sizeBytes: number) {
    this.#bytes = new Uint8Array(sizeBytes);
  }

  get isComplete(): boolean {
    return this.#length >= this.#bytes.length;
  }

  get sizeBytes(): number {
    return this.#length;
  }

  /** @throws RangeError if it is more than was announced */
  add(piece: Uint8Array): void {
    this.#bytes.set(piece, this.#length);
    this.#length += piece.length;
  }

  sha256(): Promise<string> {
    return sha256(this.#bytes.subarray(0, this.#length));
  }
}
