import { appendFile } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import { makeFolder } from './files.ts';
import { writeError } from './store-error.ts';

/** Characters waiting to be written above which {@link Appender.append} makes its callers wait. */
const HIGH_WATER = 4 * 1024 * 1024;

interface OpenFile {
  waiting: string;
  drained: Promise<void>;
}

/**
 * Appends text to many files, each in the order given, holding no file open between writes.
 *
 * Text goes to disk at once; what comes while a file's write is under way goes out together with the next one. After
 * the first write that fails nothing is written any more: {@link Appender.failure} is aborted with the `StoreError`, and
 * every pending and later call rejects with it.
 */
export class Appender {
  readonly #files = new Map<string, OpenFile>();
  readonly #failure = new AbortController();
  #backlog = 0;
  #room: PromiseWithResolve | undefined;
  #isOver = false;

  get failure(): AbortSignal {
    return this.#failure.signal;
  }

  /**
   * Resolves when the text is accepted: at once, or when the disk has caught up. Rejects if the store has failed; a
   * caller that has somewhere else to learn that from may drop the promise.
   */
  append(path: string, text: string): Promise<void> {
    if (this.failure.aborted) return quietRejection(this.failure.reason);
    if (this.#isOver) return Promise.resolve();
    this.#backlog += text.length;
    const file = this.#files.get(path);
    if (file) file.waiting += text;
    else this.#open(path, text);
    if (this.#backlog < HIGH_WATER) return Promise.resolve();
    this.#room ??= promiseWithResolve();
    const accepted = this.#room.promise.then(() => this.#throwIfFailed());
    accepted.catch(() => {});
    return accepted;
  }

  /** Resolves when everything appended so far to files in `folder` is on disk. */
  async settled(folder = ''): Promise<void> {
    const inside = [...this.#files].filter(([path]) => folder === '' || path.startsWith(folder + sep));
    await Promise.all(inside.map(([, file]) => file.drained));
    this.#throwIfFailed();
  }

  /** What comes from now on is dropped: a folder that was moved or removed must not come back for a late line. */
  end(): void {
    this.#isOver = true;
  }

  /** Makes a failure elsewhere in the store (an atomic write) the end of this one too. */
  fail(thrown: unknown, path: string): void {
    this.#failure.abort(this.failure.aborted ? this.failure.reason : writeError(thrown, path));
    this.#room?.resolve();
    this.#room = undefined;
  }

  #open(path: string, text: string): void {
    const file: OpenFile = { waiting: text, drained: Promise.resolve() };
    this.#files.set(path, file);
    file.drained = this.#drain(path, file);
  }

  async #drain(path: string, file: OpenFile): Promise<void> {
    // Lets everything appended in the same turn go out in one write.
    await Promise.resolve();
    while (file.waiting !== '' && !this.failure.aborted) {
      const text = file.waiting;
      file.waiting = '';
      try {
        await appendMakingFolder(path, text);
      } catch (thrown) {
        this.fail(thrown, path);
      }
      this.#backlog -= text.length;
      if (this.#backlog < HIGH_WATER) this.#release();
    }
    this.#files.delete(path);
  }

  #release(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }

  #throwIfFailed(): void {
    this.failure.throwIfAborted();
  }
}

/** Appends to a file, and makes its folder if it is the first in it. */
export async function appendMakingFolder(path: string, text: string | Uint8Array): Promise<void> {
  try {
    await appendFile(path, text);
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT')) throw thrown;
    await makeFolder(dirname(path));
    await appendFile(path, text);
  }
}

interface PromiseWithResolve {
  promise: Promise<void>;
  resolve: () => void;
}

function promiseWithResolve(): PromiseWithResolve {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** A rejection that does not end the process when its caller drops it. */
function quietRejection(reason: unknown): Promise<never> {
  const rejection = Promise.reject<never>(reason);
  rejection.catch(() => {});
  return rejection;
}
