const ACK_DELAY_MS = 10;
/** Sooner than the delay when so many have come: the server's queue stays short in a burst. */
const ACK_EVERY = 32;

/** When to tell the server what has arrived: not for each frame, and not late. */
export class Acknowledgements {
  readonly #send: () => void;
  #due = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(send: () => void) {
    this.#send = send;
  }

  /** One more frame has arrived. */
  arrived(): void {
    this.#due += 1;
    if (this.#due >= ACK_EVERY) return this.#sendNow();
    this.#timer ??= setTimeout(() => this.#sendNow(), ACK_DELAY_MS);
  }

  /** Nothing is to be acknowledged any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#due = 0;
  }

  #sendNow(): void {
    this.stop();
    this.#send();
  }
}
