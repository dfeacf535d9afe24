import { setMaxListeners } from 'node:events';

/**
 * A signal that is aborted when one of the others is, until it is closed.
 *
 * In place of `AbortSignal.any()` where one of them lives long: on Node 20 that one keeps what `any()` made of it for as
 * long as anybody listens to that.
 */
export class Follower implements Disposable {
  readonly #controller = new AbortController();
  readonly #followed: readonly AbortSignal[];

  constructor(followed: readonly AbortSignal[]) {
    this.#followed = followed;
    // Many may wait for the same end.
    setMaxListeners(0, this.#controller.signal);
    for (const signal of followed) {
      if (signal.aborted) this.#controller.abort(signal.reason);
      else signal.addEventListener('abort', this.#onAbort);
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    for (const signal of this.#followed) signal.removeEventListener('abort', this.#onAbort);
  }

  readonly #onAbort = (event: Event) => {
    this.#controller.abort((event.target as AbortSignal).reason);
  };
}
