type Disposer = () => void | Promise<void>;

/**
 * Closes what was opened, last first: `AsyncDisposableStack` for Node 20, which lacks it.
 *
 * Every disposer runs even if one throws; what they threw comes out together as an `AggregateError`.
 */
export class AsyncStack implements AsyncDisposable {
  #disposers: Disposer[] = [];

  /** Takes ownership of a resource and returns it. */
  use<T extends AsyncDisposable>(resource: T): T {
    this.#disposers.push(() => Promise.resolve(resource[Symbol.asyncDispose]()));
    return resource;
  }

  defer(disposer: Disposer): void {
    this.#disposers.push(disposer);
  }

  /** Hands everything over to a new stack, so that a factory can return what it opened. */
  move(): AsyncStack {
    const next = new AsyncStack();
    next.#disposers = this.#disposers;
    this.#disposers = [];
    return next;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const errors: unknown[] = [];
    for (let disposer = this.#disposers.pop(); disposer; disposer = this.#disposers.pop()) {
      try {
        await disposer();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw new AggregateError(errors, 'Several resources did not close');
  }
}
