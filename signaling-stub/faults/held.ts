/** More are not held: they go on at once. */
const MOST_HELD = 10_000;

interface Waiting {
  dueMs: number;
  release: () => void;
}

interface Line {
  waiting: Waiting[];
  timer: NodeJS.Timeout | undefined;
}

interface Swapped {
  release: () => void;
  timer: NodeJS.Timeout;
}

/** Messages that are handed on later. Those of one line, from one peer to another, keep their order but for a swap. */
export class Held {
  readonly #nowMs: () => number;
  readonly #lines = new Map<string, Line>();
  readonly #swapped = new Map<string, Swapped>();
  #count = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  get count(): number {
    return this.#count + this.#swapped.size;
  }

  /** Whether another one may be held. */
  get hasRoom(): boolean {
    return this.count < MOST_HELD;
  }

  /** Holds for so long, and for as long as those before it on the line are held. */
  delay(line: string, delayMs: number, release: () => void): void {
    const held = this.#lines.get(line) ?? { waiting: [], timer: undefined };
    this.#lines.set(line, held);
    const dueMs = Math.max(this.#nowMs() + delayMs, held.waiting.at(-1)?.dueMs ?? 0);
    held.waiting.push({ dueMs, release });
    this.#count += 1;
    this.#arm(line, held);
  }

  /** Holds until the line's next one has passed ({@link passed}), or so long. False if one is held there already. */
  swap(line: string, longestMs: number, release: () => void): boolean {
    if (this.#swapped.has(line)) return false;
    const timer = setTimeout(() => this.passed(line), longestMs);
    this.#swapped.set(line, { release, timer });
    return true;
  }

  /** A message went on: the one that waited for it follows. */
  passed(line: string): void {
    const swapped = this.#swapped.get(line);
    if (!swapped) return;
    clearTimeout(swapped.timer);
    this.#swapped.delete(line);
    swapped.release();
  }

  /** Forgets what is held on the lines that are meant. */
  forget(isMeant: (line: string) => boolean): void {
    for (const [line, { waiting, timer }] of this.#lines) {
      if (!isMeant(line)) continue;
      clearTimeout(timer);
      this.#count -= waiting.length;
      this.#lines.delete(line);
    }
    for (const [line, { timer }] of this.#swapped) {
      if (!isMeant(line)) continue;
      clearTimeout(timer);
      this.#swapped.delete(line);
    }
  }

  #arm(line: string, held: Line): void {
    const first = held.waiting[0];
    if (!first || held.timer !== undefined) return;
    held.timer = setTimeout(() => this.#release(line, held), Math.max(0, first.dueMs - this.#nowMs()));
  }

  #release(line: string, held: Line): void {
    held.timer = undefined;
    // A timer may come a fraction of a millisecond early.
    const nowMs = this.#nowMs() + 1;
    while (held.waiting[0] && held.waiting[0].dueMs <= nowMs) {
      this.#count -= 1;
      held.waiting.shift()!.release();
    }
    if (this.#lines.get(line) !== held) return;
    if (held.waiting.length === 0) this.#lines.delete(line);
    else this.#arm(line, held);
  }
}
