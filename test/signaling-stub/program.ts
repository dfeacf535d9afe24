import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A TypeScript program of ours in a process of its own. */
export class Program implements AsyncDisposable {
  stdout = '';
  stderr = '';
  readonly #process;
  readonly #ended: Promise<number | null>;

  constructor(file: string, args: readonly string[]) {
    this.#process = spawn(process.execPath, ['--import', 'tsx', file, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process.stdout.on('data', (chunk) => (this.stdout += chunk));
    this.#process.stderr.on('data', (chunk) => (this.stderr += chunk));
    this.#ended = once(this.#process, 'close').then(([code]: unknown[]) => code as number | null);
  }

  /** The exit code; `null` if a signal ended it. */
  ended(): Promise<number | null> {
    return this.#ended;
  }

  /** Waits until it has printed that, and returns what the pattern found. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.stdout) ?? pattern.exec(this.stderr);
      if (found) return found;
      if (this.#process.exitCode !== null)
        throw new Error(`ended without printing ${pattern}: ${this.stderr}`);
      await Promise.race([
        once(this.#process.stdout, 'data'),
        once(this.#process.stderr, 'data'),
        this.#ended,
      ]);
    }
  }

  signal(name: 'SIGINT' | 'SIGTERM'): void {
    this.#process.kill(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#ended;
  }
}
