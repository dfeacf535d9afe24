import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeRun, runFolderPrefix, temporaryHome } from './leftovers.mjs';

const WATCHDOG = fileURLToPath(new URL('./watchdog.mjs', import.meta.url));

/**
 * A run's temporary folder: browser profiles and nothing that is worth keeping.
 *
 * Its name holds the owner's pid and start time, so that a later run knows whether the owner is alive
 * ({@link sweepLeftovers}). A small watchdog process outlives the harness just long enough to kill whatever was started
 * with a path below the folder, and to remove it.
 */
export class TemporaryFolder implements AsyncDisposable {
  readonly path: string;
  #watchdog;

  private constructor(folder: string) {
    this.path = folder;
    this.#watchdog = spawn(process.execPath, [WATCHDOG, folder], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
      windowsHide: true,
    });
    this.#watchdog.unref();
    // The harness may be told to go while the watchdog is going already.
    this.#watchdog.stdin.on('error', () => {});
    this.#watchdog.on('error', () => {});
  }

  static open(home = temporaryHome()): TemporaryFolder {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    return new TemporaryFolder(mkdtempSync(path.join(home, runFolderPrefix(process.pid))));
  }

  /** A new empty folder below it. */
  create(prefix: string): string {
    return mkdtempSync(path.join(this.path, `${prefix}-`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    removeRun(this.path);
    const { pid, exitCode, signalCode } = this.#watchdog;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    const gone = once(this.#watchdog, 'exit');
    this.#watchdog.ref();
    this.#watchdog.stdin.end();
    await gone;
  }
}
