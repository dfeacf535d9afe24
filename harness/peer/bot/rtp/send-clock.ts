/** How often packets leave, ms. */
const TURN_MS = 5;

/** One timer for all the streams of a process: a hundred of them would cost more than what they send. */
export class SendClock {
  #turns = new Set<(nowMs: number) => void>();
  #timer: NodeJS.Timeout | undefined;

  /** Calls it every few milliseconds, until the function that comes back is called. */
  add(turn: (nowMs: number) => void): () => void {
    this.#turns.add(turn);
    this.#timer ??= setInterval(() => {
      const nowMs = performance.now();
      for (const each of this.#turns) each(nowMs);
    }, TURN_MS);
    return () => {
      this.#turns.delete(turn);
      if (this.#turns.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }
}
