import type { TraceEntry } from '../trace.ts';
import { isProgress } from './compare.ts';

/** How long the replay may be behind the recording before it is taken for another one, ms. */
const PATIENCE_MS = 5000;

/** The trace of a replay while it grows, held against the recorded one. */
export class Progress {
  readonly replayed: TraceEntry[] = [];
  readonly #signal: AbortSignal | undefined;
  /** How much had happened before each line of the recording, and after the last. */
  readonly #expected: number[];
  #happened = 0;
  #hasGoneAstray = false;
  #waiting: (() => void)[] = [];

  constructor(recorded: readonly TraceEntry[], signal: AbortSignal | undefined) {
    this.#signal = signal;
    let happened = 0;
    this.#expected = [0, ...recorded.map((entry) => (happened += isProgress(entry) ? 1 : 0))];
  }

  add(entry: TraceEntry): void {
    this.replayed.push(entry);
    if (isProgress(entry)) this.#happened += 1;
    this.#wake();
  }

  /** Resolves when as much has happened as had before that line; once it did not in time, nothing is waited for any more. */
  async reached(line: number): Promise<void> {
    const wanted = this.#expected[line]!;
    const inTime = await this.until(() => this.#happened >= wanted);
    if (!inTime) this.#hasGoneAstray = true;
  }

  /** Whether it came to hold in time; looked at with every line. */
  async until(holds: () => boolean): Promise<boolean> {
    const patience = AbortSignal.timeout(this.#hasGoneAstray ? 0 : PATIENCE_MS);
    const deadline = AbortSignal.any([patience, ...(this.#signal ? [this.#signal] : [])]);
    deadline.addEventListener('abort', () => this.#wake());
    while (!holds() && !deadline.aborted) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return holds();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
