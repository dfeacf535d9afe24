import { BrowserError } from '../errors.ts';
import { withDeadline } from '../lifecycle/deadline.ts';
import { OwnedProcess, type ProcessEnd } from '../lifecycle/owned-process.ts';

/** Chromium without a desktop session complains of D-Bus all the time: in the log, but not in error messages. */
const NOISE = /ERROR:dbus\//;

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
 * One browser's process and everything it starts, and where automation reaches it.
 *
 * `exited` resolves when the process is gone, wanted or not.
 */
export class BrowserProcess implements AsyncDisposable {
  /** WebSocket URL of DevTools or WebDriver BiDi. */
  readonly endpoint: string;
  readonly #process: OwnedProcess;

  private constructor(process: OwnedProcess, endpoint: string) {
    this.#process = process;
    this.endpoint = endpoint;
  }

  /** @throws BrowserError when it does not start, dies early, or does not say its endpoint in time. */
  static async start(options: StartBrowserOptions): Promise<BrowserProcess> {
    const { executablePath, endpoint, timeoutMs, signal, onOutput = () => {} } = options;
    signal?.throwIfAborted();
    let found: (endpoint: string) => void = () => {};
    const listening = new Promise<string>((resolve) => (found = resolve));
    const process = await spawned(options, (line) => {
      const match = endpoint.exec(line);
      if (match?.[1]) found(match[1]);
      onOutput(line);
    });
    const died = process.exited.then((exit) => {
      throw diedEarly(executablePath, exit);
    });
    try {
      const url = await withDeadline(Promise.race([listening, died]), {
        timeoutMs,
        what: `${executablePath} to listen for automation`,
        lastSeen: () => process.outputTail.at(-1),
        signal,
      });
      return new BrowserProcess(process, url);
    } catch (error) {
      await process.close();
      throw error;
    } finally {
      died.catch(() => {});
    }
  }

  get pid(): number {
    return this.#process.pid;
  }

  get exited(): Promise<ProcessEnd> {
    return this.#process.exited;
  }

  /** Whether somebody asked it to end: an exit after that is no death. */
  get closing(): boolean {
    return this.#process.closing;
  }

  /** Known at once; `exited` waits a moment for the last words. */
  get hasExited(): boolean {
    return this.#process.hasExited;
  }

  get outputTail(): readonly string[] {
    return this.#process.outputTail;
  }

  /** SIGTERM to the whole group, SIGKILL to what is left of it after 5 s or when the browser itself is gone. */
  close(): Promise<void> {
    return this.#process.close();
  }

  /** The crash of a negative control: SIGKILL, and nobody has asked for it. */
  kill(): void {
    this.#process.kill();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

async function spawned(
  { enter = [], executablePath, args, env }: StartBrowserOptions,
  onOutput: (line: string) => void,
): Promise<OwnedProcess> {
  try {
    const command = [...enter, executablePath, ...args];
    return await OwnedProcess.start({ command, ...(env && { env }), noise: NOISE, onOutput });
  } catch (cause) {
    throw new BrowserError(`${executablePath} could not be started`, {
      code: 'BROWSER_NOT_STARTED',
      hint: 'check that the file exists, is executable and is a browser',
      details: { executablePath },
      cause,
    });
  }
}

function diedEarly(executablePath: string, exit: ProcessEnd): BrowserError {
  const how = exit.signal ? `killed by ${exit.signal}` : `exit code ${exit.exitCode}`;
  return new BrowserError(`${executablePath} ended before it could be used (pid ${exit.pid}, ${how})`, {
    code: 'BROWSER_DIED',
    hint: exit.stderr.length > 0 ? `its last words: ${exit.stderr.slice(-3).join(' | ')}` : 'it said nothing',
    details: { ...exit },
  });
}
