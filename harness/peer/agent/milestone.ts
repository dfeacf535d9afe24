/** Something that happens once, or fails once: a promise that is settled from outside, and never unhandled. */
export class Milestone {
  readonly reached: Promise<void>;
  #resolve: () => void = () => {};
  #reject: (error: Error) => void = () => {};

  constructor() {
    this.reached = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.reached.catch(() => {});
  }

  reach(): void {
    this.#resolve();
  }

  fail(error: Error): void {
    this.#reject(error);
  }
}
