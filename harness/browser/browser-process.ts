import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { BrowserError } from '../errors.ts';
import { withDeadline } from '../lifecycle/deadline.ts';

/** How long a process may take from SIGTERM until it is killed. */
const GRACE_MS = 5000;
/** Lines of output kept for error messages. */
const TAIL_LINES = 20;
/** Chromium without a desktop session complains of D-Bus all the time: in the log, but not in error messages. */
const NOISE = /ERROR:dbus\//;

export interface ProcessExit {
  pid: number;
  exitCode: number | null;
  signal: string | null;
  /** The last lines of stdout and stderr. */
  stderr: string[];
}

export interface StartBrowserOptions {
  /** Words in front of the command that make it run elsewhere: in a namespace. */
  enter?: readonly string[];
  executablePath: string;
  args: string[];
  env?: NodeJS.ProcessEnv;
  /** The line that says where automation connects; its first group is the endpoint. */
  endpoint: RegExp;
  timeoutMs: number;
  onOutput?: (line: string) => void;
  signal?: AbortSignal;
}

/**
 * One browser's process and everything it starts: a process group of its own, so that it can be ended as a whole.
 *
 * `exited` resolves when the process is gone, wanted or not.
 */
export class BrowserProcess implements AsyncDisposable {
  readonly pid: number;
  readonly exited: Promise<ProcessExit>;
  /** WebSocket URL of DevTools or WebDriver BiDi. */
  endpoint = '';
  #child: ChildProcess;
  #tail: string[] = [];
  #closing = false;

  private constructor(child: ChildProcess, pid: number, onOutput: (line: string) => void) {
    this.#child = child;
    this.pid = pid;
    const outputEnded = once(child, 'close');
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on('line', (line) => {
        if (!NOISE.test(line)) this.#tail.push(line);
        if (this.#tail.length > TAIL_LINES) this.#tail.shift();
        onOutput(line);
      });
    }
    this.exited = once(child, 'exit').then(async ([exitCode, signal]) => {
      // The last words may still be in the pipe; a surviving grandchild may hold it open for good.
      await withDeadline(outputEnded, { timeoutMs: 250, what: 'the last output' }).catch(() => {});
      return {
        pid,
        exitCode: exitCode as number | null,
        signal: signal as string | null,
        stderr: [...this.#tail],
      };
    });
  }

  /** @throws BrowserError when it does not start, dies early, or does not say its endpoint in time. */
  static async start(options: StartBrowserOptions): Promise<BrowserProcess> {
    const {
      enter = [],
      executablePath,
      args,
      endpoint,
      env = process.env,
      timeoutMs,
      signal,
      onOutput = () => {},
    } = options;
    signal?.throwIfAborted();
    let found: (endpoint: string) => void = () => {};
    const listening = new Promise<string>((resolve) => (found = resolve));
    const child = await spawned([...enter, executablePath], args, env);
    const browser = new BrowserProcess(child, child.pid as number, (line) => {
      const match = endpoint.exec(line);
      if (match?.[1]) found(match[1]);
      onOutput(line);
    });
    const died = browser.exited.then((exit) => {
      throw diedEarly(executablePath, exit);
    });
    try {
      browser.endpoint = await withDeadline(Promise.race([listening, died]), {
        timeoutMs,
        what: `${executablePath} to listen for automation`,
        lastSeen: () => browser.#tail.at(-1),
        signal,
      });
    } catch (error) {
      await browser.close();
      throw error;
    } finally {
      died.catch(() => {});
    }
    return browser;
  }

  /** Whether somebody asked it to end: an exit after that is no death. */
  get closing(): boolean {
    return this.#closing;
  }

  /** Known at once; `exited` waits a moment for the last words. */
  get hasExited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  get outputTail(): readonly string[] {
    return this.#tail;
  }

  /** SIGTERM to the whole group, SIGKILL to what is left of it after 5 s or when the browser itself is gone. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#signal('SIGTERM');
    await withDeadline(this.exited, { timeoutMs: GRACE_MS, what: 'the browser to end' }).catch(() => {});
    this.#signal('SIGKILL');
    await this.exited;
  }

  /** The crash of a negative control: SIGKILL, and nobody has asked for it. */
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

async function spawned(
  words: readonly string[],
  args: string[],
  env: NodeJS.ProcessEnv,
): Promise<ChildProcess> {
  const [command = '', ...before] = words;
  const executablePath = words.at(-1) ?? command;
  try {
    // Node tells of some failures by an event and throws others: `ENOTDIR`.
    const child = spawn(command, [...before, ...args], {
      detached: process.platform !== 'win32',
      stdio: ['ignore', 'pipe', 'pipe'],
      env,
    });
    await once(child, 'spawn');
    return child;
  } catch (cause) {
    throw new BrowserError(`${executablePath} could not be started`, {
      code: 'BROWSER_NOT_STARTED',
      hint: 'check that the file exists, is executable and is a browser',
      details: { executablePath },
      cause,
    });
  }
}

function diedEarly(executablePath: string, exit: ProcessExit): BrowserError {
  const how = exit.signal ? `killed by ${exit.signal}` : `exit code ${exit.exitCode}`;
  return new BrowserError(`${executablePath} ended before it could be used (pid ${exit.pid}, ${how})`, {
    code: 'BROWSER_DIED',
    hint: exit.stderr.length > 0 ? `its last words: ${exit.stderr.slice(-3).join(' | ')}` : 'it said nothing',
    details: { ...exit },
  });
}
