import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { NetworkError } from '../../errors.ts';
import { withDeadline } from '../../lifecycle/deadline.ts';
import { findCommand } from '../../setup/processes.mjs';
import { detectSystem, installCommand } from '../../setup/system-packages.mjs';
import { SBIN_PATH } from './keeper.ts';
import type { Station } from './station.ts';

const OPEN_MS = 20_000;
const LAST_PACKET_MS = 5000;
/** Nothing of what bridges and neighbours say among themselves. */
const FILTER = 'ip or (ip6 and ip6[6] != 0 and not icmp6)';

export interface CaptureOptions {
  /** Where to; pcapng. */
  file: string;
  interface: string;
  /** Words in front of a command that make it run where the interface is. */
  enter: readonly string[];
  /** In the same namespace: it says a last word, by which the capture knows that it has seen all before. */
  station: Station;
  /** The interface's broadcast address. */
  broadcast: string;
  /** Of each packet, at least 64; default: all of it. */
  snapBytes?: number;
  signal?: AbortSignal;
}

/**
 * Writes what passes an interface to a file until it is closed. The packets come through this process, so that the file
 * is its user's, whoever captures.
 */
export class Capture implements AsyncDisposable {
  readonly file: string;
  #process: ChildProcess;
  #written: Promise<void>;
  #tail: Tail;
  #options: CaptureOptions;
  #closing: Promise<void> | undefined;

  private constructor(options: CaptureOptions) {
    const { file, enter, snapBytes } = options;
    const [command, ...args] = [...enter, 'dumpcap', '-q', '-n', '-i', options.interface, '-f', FILTER];
    const snap = snapBytes === undefined ? [] : ['-s', String(Math.max(snapBytes, 64))];
    const child = spawn(command, [...args, ...snap, '-w', '-'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PATH: SBIN_PATH },
      // Its own process group: `nsenter` stands between us and it.
      detached: true,
    });
    this.file = file;
    this.#options = options;
    this.#process = child;
    this.#tail = new Tail();
    this.#written = pipeline(child.stdout, this.#tail, createWriteStream(file));
    this.#written.catch(() => {});
  }

  /**
   * Capturing when it resolves.
   *
   * @throws NetworkError when dumpcap is not here, or refuses
   */
  static async open(options: CaptureOptions): Promise<Capture> {
    locateDumpcap(process.env);
    const capture = new Capture(options);
    const child = capture.#process;
    let words = '';
    child.stderr?.on('data', (data: Buffer) => (words = `${words}${data.toString()}`.slice(-2000)));
    const failed = once(child, 'close').then(() => Promise.reject(refused(words)));
    failed.catch(() => {});
    try {
      // The file's header comes when the interface is open.
      await withDeadline(Promise.race([once(capture.#tail, 'data-seen'), failed]), {
        timeoutMs: OPEN_MS,
        what: 'the capture to start',
        lastSeen: () => words || undefined,
        signal: options.signal,
      });
      return capture;
    } catch (error) {
      capture.#kill('SIGKILL');
      throw error;
    }
  }

  /** How it ended though nobody closed it: the file has what passed until then. `undefined` while all is well. */
  get death(): string | undefined {
    const { exitCode, signalCode } = this.#process;
    if (this.#closing || (exitCode === null && signalCode === null)) return undefined;
    return signalCode === null ? `exit code ${exitCode}` : `killed by ${signalCode}`;
  }

  /** Ends it when all that passed until now is in the file. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      await this.#lastWord();
      this.#kill('SIGTERM');
    }
    await this.#written;
  }

  async #lastWord(): Promise<void> {
    const { station, broadcast } = this.#options;
    const word = randomBytes(9).toString('base64');
    const seen = this.#tail.sees(word);
    await station.probe('broadcast', { address: broadcast, text: word });
    // Whoever stopped the capture's process, or took its namespace away, has what was written by then.
    await withDeadline(seen, { timeoutMs: LAST_PACKET_MS, what: 'the last packet to be captured' }).catch(
      () => {},
    );
  }

  #kill(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.#process.pid!, signal);
    } catch {
      // It has ended.
    }
  }
}

/** Lets everything through and tells when something has passed. */
class Tail extends Transform {
  #last = Buffer.alloc(0);
  #awaited: { word: string; seen: () => void } | undefined;

  sees(word: string): Promise<void> {
    return new Promise((seen) => (this.#awaited = { word, seen }));
  }

  override _transform(chunk: Buffer, _encoding: string, done: (error: null, chunk: Buffer) => void): void {
    this.emit('data-seen');
    if (this.#awaited) {
      const text = Buffer.concat([this.#last, chunk]);
      if (text.includes(this.#awaited.word)) this.#awaited.seen();
      this.#last = text.subarray(-this.#awaited.word.length);
    }
    done(null, chunk);
  }
}

/**
 * Where the tool is that captures.
 *
 * @throws NetworkError `CAPTURE_NOT_INSTALLED` with the command that installs it here
 */
export function locateDumpcap(env: NodeJS.ProcessEnv): string {
  const found = findCommand('dumpcap', env);
  if (found !== undefined) return found;
  const command = installCommand(['tshark'], detectSystem(env));
  throw new NetworkError('captures need dumpcap, which is not here', {
    code: 'CAPTURE_NOT_INSTALLED',
    hint: command ? `run: ${command}` : 'install Wireshark’s command line tools',
  });
}

function refused(words: string): NetworkError {
  const last = words.trim().split('\n').at(-1) || 'it ended without a word';
  return new NetworkError(`dumpcap does not capture: ${last}`, {
    code: 'CAPTURE_FAILED',
    details: { stderr: words },
  });
}
