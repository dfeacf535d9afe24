interface Group {
  call: string;
  admitted: Promise<void>;
  admit: () => void;
  size: number;
}

export interface SlotQueueOptions {
  /** Sessions that the Grid can have at the same time. `undefined` when it grows as needed. */
  slots: number | undefined;
  /** Asked before somebody has to wait: gives back slots that nobody needs now. */
  onScarce: () => void;
}

/**
 * Who may ask the Grid for a session. The sessions of one call go together: were every call to ask for one after
 * another, calls could hold one each and wait for each other's for ever.
 *
 * It knows only our own sessions; where others use the Grid too, or a slot is for another browser, the Grid's queue does
 * the rest.
 */
export class SlotQueue {
  #options: SlotQueueOptions;
  #held = 0;
  #waiting: Group[] = [];

  constructor(options: SlotQueueOptions) {
    this.#options = options;
  }

  /** Resolves when it may be asked. Each is followed by one {@link give}, also when the Grid gave no session. */
  take(call: string): Promise<void> {
    const known = this.#waiting.find((group) => group.call === call);
    const group = known ?? this.#enter(call);
    group.size++;
    return group.admitted;
  }

  /** A session is over, or was not to be had. */
  give(): void {
    this.#held--;
    this.#admit();
  }

  /** All peers of a call ask in the same turn: then it is known how many there are. */
  #enter(call: string): Group {
    let admit = (): void => {};
    const admitted = new Promise<void>((resolve) => (admit = resolve));
    const group = { call, admitted, admit, size: 0 };
    this.#waiting.push(group);
    setImmediate(() => this.#admit());
    return group;
  }

  #admit(): void {
    for (let first = this.#waiting[0]; first && this.#hasRoom(first.size); first = this.#waiting[0]) {
      this.#waiting.shift();
      this.#held += first.size;
      first.admit();
    }
  }

  /** A call that needs more than there is finds out from the Grid, once it is alone. */
  #hasRoom(size: number): boolean {
    const { slots = Infinity, onScarce } = this.#options;
    const fits = () => this.#held === 0 || this.#held + size <= slots;
    if (!fits()) onScarce();
    return fits();
  }
}
