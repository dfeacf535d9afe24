import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const compress = promisify(gzip);

/** A file's lines go to disk when the oldest is this old: what a crash loses at most. */
const LONGEST_WAIT_MS = 5000;
/** Or when there is as much of them: gzip gains little from more at once. */
const MEMBER_CHARS = 64 * 1024;
/** Or when all files together hold so much of the budget. */
const EARLY_SHARE = 1 / 4;
const LOOK_MS = 250;
/** Writes at the same time: Node has four threads for them. */
const MOST_WRITES = 4;

export interface SeriesWriterOptions {
  /** Appends to a file, whose folder may not be there yet. Rejects for good. */
  write: (path: string, bytes: Uint8Array) => Promise<void>;
  /** Told of the first write that failed; nothing is written afterwards. */
  onFailure: (thrown: unknown, path: string) => void;
  /** How many characters may wait in memory. Default: 64 Mi. */
  budgetChars?: number;
  /** Default {@link LONGEST_WAIT_MS}. */
  longestWaitMs?: number;
}

interface Waiting {
  lines: string[];
  chars: number;
  sinceMs: number;
}

/**
 * Lines for many files at once, compressed: gzip members, one after another, each of them whole lines, so that a crash
 * loses no more than what was not written yet.
 *
 * Lines of a slow disk wait. How much of the budget they take up is {@link SeriesWriter.fill}: whoever has a choice shall
 * send less then. What is appended is never dropped here.
 */
export class SeriesWriter {
  readonly #options: SeriesWriterOptions;
  readonly #budgetChars: number;
  readonly #longestWaitMs: number;
  /** In the order of their oldest lines. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #writing = new Map<string, Promise<void>>();
  /** Those that may compress and write now, and what lets the next one. */
  #active = 0;
  readonly #queue: (() => void)[] = [];
  #chars = 0;
  #timer: NodeJS.Timeout | undefined;
  #isBroken = false;
  /** Longest that a line has waited, ms. */
  longestDelayMs = 0;
  /** What went to disk. */
  writtenBytes = 0;

  constructor(options: SeriesWriterOptions) {
    this.#options = options;
    this.#budgetChars = options.budgetChars ?? 64 * 1024 * 1024;
    this.#longestWaitMs = options.longestWaitMs ?? LONGEST_WAIT_MS;
  }

  /** Share of the budget that waits, or is being written; over 1 when it is used up. */
  get fill(): number {
    return this.#chars / this.#budgetChars;
  }

  append(path: string, line: string): void {
    if (this.#isBroken) return;
    const waiting = this.#waiting.get(path) ?? { lines: [], chars: 0, sinceMs: performance.now() };
    if (waiting.lines.length === 0) this.#waiting.set(path, waiting);
    waiting.lines.push(line);
    waiting.chars += line.length;
    this.#chars += line.length;
    if (waiting.chars >= MEMBER_CHARS && this.#canWrite(path)) void this.#start(path, waiting);
    this.#timer ??= setTimeout(() => this.#look(), LOOK_MS).unref();
  }

  /** Resolves when everything appended so far to these files is on disk; without any, to all. */
  async settled(paths?: readonly string[]): Promise<void> {
    const all = () => [...this.#waiting.keys(), ...this.#writing.keys()];
    await Promise.all((paths ?? all()).map((path) => this.#settle(path)));
  }

  close(): Promise<void> {
    clearTimeout(this.#timer);
    return this.settled();
  }

  async #settle(path: string): Promise<void> {
    await this.#writing.get(path);
    const waiting = this.#waiting.get(path);
    await (waiting ? this.#start(path, waiting) : this.#writing.get(path));
  }

  #look(): void {
    this.#timer = undefined;
    this.#pump();
    if (this.#waiting.size > 0) this.#timer = setTimeout(() => this.#look(), LOOK_MS).unref();
  }

  #pump(): void {
    const now = performance.now();
    for (const [path, waiting] of this.#waiting) {
      if (this.#writing.size >= MOST_WRITES) return;
      const isDue = this.fill > EARLY_SHARE || now - waiting.sinceMs >= this.#longestWaitMs;
      if (!isDue) return;
      if (this.#canWrite(path)) void this.#start(path, waiting);
    }
  }

  #canWrite(path: string): boolean {
    return !this.#isBroken && this.#writing.size < MOST_WRITES && !this.#writing.has(path);
  }

  #start(path: string, waiting: Waiting): Promise<void> {
    this.#waiting.delete(path);
    const written = this.#write(path, waiting).finally(() => {
      if (this.#writing.get(path) === written) this.#writing.delete(path);
      this.#chars -= waiting.chars;
      this.#pump();
    });
    this.#writing.set(path, written);
    return written;
  }

  async #write(path: string, { lines, sinceMs }: Waiting): Promise<void> {
    // However many calls end at once: each compression takes a quarter of a megabyte while it lasts.
    if (this.#active >= MOST_WRITES) await new Promise<void>((go) => this.#queue.push(go));
    this.#active++;
    try {
      if (this.#isBroken) return;
      const bytes = await compress(lines.join(''));
      await this.#options.write(path, bytes);
      this.writtenBytes += bytes.length;
      this.longestDelayMs = Math.max(this.longestDelayMs, performance.now() - sinceMs);
    } catch (thrown) {
      if (!this.#isBroken) this.#options.onFailure(thrown, path);
      this.#isBroken = true;
      this.#waiting.clear();
    } finally {
      this.#active--;
      this.#queue.shift()?.();
    }
  }
}
