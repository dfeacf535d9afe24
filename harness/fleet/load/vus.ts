/** A call to be made: which, by whom, and until when. */
export interface Iteration {
  /** From 1, unique among the VUs of all loads. */
  vu: number;
  /** From 0, within the load. */
  iteration: number;
  /** Aborted when the call may go on no longer. */
  signal: AbortSignal;
}

/** Makes the call; never rejects, as what breaks a call is in its record. */
export type Iterate = (iteration: Iteration) => Promise<void>;

/** Why a call was cut off by its load, k6's interrupted iteration. */
export class Interruption extends Error {
  override name = 'Interruption';
}

/** The numbers of the VUs of a run: every slot has one of its own, also across loads. */
export class VuNumbers {
  #last = 0;

  next(): number {
    return ++this.#last;
  }
}

/** A slot that holds one call at a time. */
export class Vu {
  readonly number: number;
  #iterate: Iterate;
  #interruption = new AbortController();
  #under: Promise<void> = Promise.resolve();
  isBusy = false;

  constructor(number: number, iterate: Iterate) {
    this.number = number;
    this.#iterate = iterate;
  }

  /** Resolves when the call that it makes now is over, or at once. */
  get idle(): Promise<void> {
    return this.#under;
  }

  call(iteration: number): Promise<void> {
    this.isBusy = true;
    this.#interruption = new AbortController();
    const { signal } = this.#interruption;
    this.#under = this.#iterate({ vu: this.number, iteration, signal }).finally(() => {
      this.isBusy = false;
    });
    return this.#under;
  }

  interrupt(why: string): void {
    if (this.isBusy) this.#interruption.abort(new Interruption(why));
  }
}
