/** Something that happens once, or fails once: a promise that is settled from outside, and never unhandled. */
export class Milestone {
  readonly reached: Promise<void>;
  #state: 'ahead' | 'reached' | 'failed' = 'ahead';
  #resolve: () => void = () => {};
  #reject: (error: Error) => void = () => {};

  constructor() {
    this.reached = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.reached.catch(() => {});
  }

  get hasFailed(): boolean {
    return this.#state === 'failed';
  }

  reach(): void {
    if (this.#state === 'ahead') this.#state = 'reached';
    this.#resolve();
  }

  fail(error: Error): void {
    if (this.#state === 'ahead') this.#state = 'failed';
    this.#reject(error);
  }
}
