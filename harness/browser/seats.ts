import { chooseSeat, type SeatingRules } from '../plan/seating.ts';
import type { Berth, Running } from './running-browsers.ts';

export interface SeatsOptions {
  launch: (berth: Berth, number: number, signal: AbortSignal) => Promise<Running>;
  /** By the browser's name. */
  rulesOf: (browser: string) => SeatingRules;
}

/** A place in a browser's process, kept until {@link leave}. */
export interface TakenSeat {
  running: Running;
  leave: () => void;
}

/** A process that runs or is being started, and the calls of those who sit in it: one entry for each peer. */
interface Slot {
  number: number;
  calls: string[];
  opening: Promise<Running>;
  /** Whose launch it is: one that was called off is not the next one's fault. */
  signal: AbortSignal;
}

/**
 * Who sits in which process, by browser and place. Processes are started as they are needed and outlive their peers; one
 * that died is replaced for the next who needs it.
 */
export class Seats {
  #options: SeatsOptions;
  #slots = new Map<string, Slot[]>();

  constructor(options: SeatsOptions) {
    this.#options = options;
  }

  /** Starts the processes that the rules want from the beginning. Never rejects: who needs them hears of it. */
  async prepare(berth: Berth, signal: AbortSignal): Promise<void> {
    const { processes } = this.#rulesOf(berth);
    const numbers = Array.from({ length: processes }, (_, index) => index + 1);
    await Promise.allSettled(numbers.map((number) => this.#slot(berth, number, signal).opening));
  }

  /** A seat for a peer of `call`, apart from its other peers where there are several processes. */
  async take(berth: Berth, call: string, signal: AbortSignal): Promise<TakenSeat> {
    for (;;) {
      const slot = this.#slot(berth, chooseSeat(call, this.#of(berth), this.#rulesOf(berth)), signal);
      slot.calls.push(call);
      const leave = once(() => void slot.calls.splice(slot.calls.indexOf(call), 1));
      try {
        const running = await slot.opening;
        if (!running.process.hasExited) return { running, leave };
        this.#forget(berth, slot);
      } catch (error) {
        leave();
        if (!slot.signal.aborted || signal.aborted) throw error;
      }
    }
  }

  /** Resolves when nothing is being started any more. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#slots.values()].flat().map(({ opening }) => opening));
  }

  #slot(berth: Berth, number: number, signal: AbortSignal): Slot {
    const known = this.#of(berth).find((slot) => slot.number === number);
    if (known) return known;
    const slot = { number, calls: [], signal, opening: this.#options.launch(berth, number, signal) };
    // A launch that failed is tried again by the next call that needs it.
    slot.opening.then(
      (running) => running.process.exited.then(() => this.#forget(berth, slot)),
      () => this.#forget(berth, slot),
    );
    this.#of(berth).push(slot);
    return slot;
  }

  #forget(berth: Berth, slot: Slot): void {
    const slots = this.#of(berth);
    if (slots.includes(slot)) slots.splice(slots.indexOf(slot), 1);
  }

  #of({ browser, place }: Berth): Slot[] {
    const key = `${place?.name ?? ''} ${browser}`;
    const slots = this.#slots.get(key) ?? [];
    this.#slots.set(key, slots);
    return slots;
  }

  /** A place of the lab is one peer's home, or a few peers': one process does until it is full. */
  #rulesOf({ browser, place }: Berth): SeatingRules {
    const rules = this.#options.rulesOf(browser);
    return place ? { ...rules, processes: 1 } : rules;
  }
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) act();
    isDone = true;
  };
}
