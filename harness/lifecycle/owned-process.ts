import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { withDeadline } from './deadline.ts';

/** How long a process may take from SIGTERM until it is killed. */
const GRACE_MS = 5000;
/** Lines of output kept for error messages. */
const TAIL_LINES = 20;
/** What a grandchild may hold open after the process itself is gone. */
const LAST_OUTPUT_MS = 250;

export interface ProcessEnd {
  pid: number;
  exitCode: number | null;
  signal: string | null;
  /** The last lines of stdout and stderr. */
  stderr: string[];
}

export interface StartProcessOptions {
  /** The program and its arguments. */
  command: readonly string[];
  env?: NodeJS.ProcessEnv;
  /** Keeps its stdin open for {@link OwnedProcess.write}; it ends when this process does. */
  takesInput?: boolean;
  onOutput?: (line: string) => void;
  /** Lines that are noise: told to `onOutput`, not kept for error messages. */
  noise?: RegExp;
}

/**
 * A process and everything it starts: a process group of its own, so that it can be ended as a whole.
 *
 * `exited` resolves when the process is gone, wanted or not; `closing` says which.
 */
export class OwnedProcess implements AsyncDisposable {
  readonly pid: number;
  readonly exited: Promise<ProcessEnd>;
  #child: ChildProcess;
  #tail: string[] = [];
  #closing = false;

  private constructor(child: ChildProcess, pid: number, { onOutput, noise }: StartProcessOptions) {
    this.#child = child;
    this.pid = pid;
    const outputEnded = once(child, 'close');
    // A process that is gone is told of by `exited`.
    child.stdin?.on('error', () => {});
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on('line', (line) => {
        if (!noise?.test(line)) this.#tail.push(line);
        if (this.#tail.length > TAIL_LINES) this.#tail.shift();
        onOutput?.(line);
      });
    }
    this.exited = once(child, 'exit').then(async ([exitCode, signal]) => {
      const what = 'the last output';
      await withDeadline(outputEnded, { timeoutMs: LAST_OUTPUT_MS, what }).catch(() => {});
      return {
        pid,
        exitCode: exitCode as number | null,
        signal: signal as string | null,
        stderr: [...this.#tail],
      };
    });
  }

  /** Resolves when the program runs; rejects with what the system says when it cannot be started. */
  static async start(options: StartProcessOptions): Promise<OwnedProcess> {
    const { command, env = process.env, takesInput = false } = options;
    const [file = '', ...args] = command;
    // Node tells of some failures by an event and throws others: `ENOTDIR`.
    const child = spawn(file, args, {
      detached: process.platform !== 'win32',
      stdio: [takesInput ? 'pipe' : 'ignore', 'pipe', 'pipe'],
      env,
    });
    await once(child, 'spawn');
    return new OwnedProcess(child, child.pid as number, options);
  }

  /** Whether somebody asked it to end: an exit after that is no death. */
  get closing(): boolean {
    return this.#closing;
  }

  /** Known at once; `exited` waits a moment for the last words. */
  get hasExited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** A line to its stdin. */
  write(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  get outputTail(): readonly string[] {
    return this.#tail;
  }

  /** SIGTERM to the whole group, SIGKILL to what is left of it after 5 s or when the process itself is gone. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#signal('SIGTERM');
    await withDeadline(this.exited, { timeoutMs: GRACE_MS, what: 'the process to end' }).catch(() => {});
    this.#signal('SIGKILL');
    await this.exited;
  }

  /** SIGKILL to the whole group, and that was asked for. */
  async end(): Promise<void> {
    this.#closing = true;
    this.#signal('SIGKILL');
    await this.exited;
  }

  /** SIGKILL to the whole group as if nobody had asked for it: the crash of a negative control. */
  kill(): void {
    this.#signal('SIGKILL');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #signal(signal: NodeJS.Signals): void {
    try {
      if (process.platform === 'win32')
        execFileSync('taskkill', ['/pid', String(this.pid), '/T', '/F'], { stdio: 'ignore' });
      else process.kill(-this.pid, signal);
    } catch {
      // The group is gone already.
    }
  }
}
