type Listener<Value> = (value: Value) => void;

/** Of each promise that somebody waits for now. */
const LISTENERS = new WeakMap<Promise<unknown>, Set<Listener<never>>>();

/**
 * Rejects when something long-lived comes to its end, as long as somebody waits for that.
 *
 * In place of `ended.then(…)` where many wait for the same end, each for a moment: a promise that is not settled keeps
 * everything that ever waited for it.
 */
export class Alarm<Value> implements Disposable {
  readonly raised: Promise<never>;
  readonly #listeners: Set<Listener<Value>>;
  #listener: Listener<Value> = () => {};

  /** @param toError What to reject with, of what `ended` resolves with. */
  constructor(ended: Promise<Value>, toError: (value: Value) => Error) {
    this.#listeners = listenersOf(ended);
    this.raised = new Promise((_, reject) => (this.#listener = (value) => reject(toError(value))));
    // Nobody may be waiting any more.
    this.raised.catch(() => {});
    this.#listeners.add(this.#listener);
  }

  [Symbol.dispose](): void {
    this.#listeners.delete(this.#listener);
  }
}

/** Those that are there when the promise resolves are told; it keeps nothing of the others. */
function listenersOf<Value>(ended: Promise<Value>): Set<Listener<Value>> {
  const known = LISTENERS.get(ended) as Set<Listener<Value>> | undefined;
  if (known) return known;
  const listeners = new Set<Listener<Value>>();
  LISTENERS.set(ended, listeners);
  void ended.then((value) => {
    LISTENERS.delete(ended);
    for (const listener of listeners) listener(value);
  });
  return listeners;
}
