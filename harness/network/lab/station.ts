import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Server, Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { NetworkError } from '../../errors.ts';
import { withDeadline } from '../../lifecycle/deadline.ts';
import { SBIN_PATH } from './keeper.ts';

const MAIN = fileURLToPath(new URL('./station-main.mjs', import.meta.url));
const OPEN_MS = 30_000;
const ANSWER_MS = 60_000;

interface Answer {
  id?: number;
  ready?: true;
  value?: unknown;
  error?: string;
}

interface Waiting {
  resolve: (answer: { value: unknown; handle: unknown }) => void;
  reject: (error: Error) => void;
}

/**
 * A process of ours in a namespace of the lab. Sockets it makes belong to that namespace, but their handles are passed
 * here: pages and automation are reached without any network between, so none shows up in ICE.
 */
export class Station implements AsyncDisposable {
  readonly name: string;
  #process: ChildProcess;
  #waiting = new Map<number, Waiting>();
  #next = 1;
  #exited: Promise<void>;

  private constructor(name: string, child: ChildProcess) {
    this.name = name;
    this.#process = child;
    this.#exited = once(child, 'exit').then(() => this.#fail('it has ended'));
    child.on('message', (message, handle) => this.#onAnswer(message as Answer, handle));
    child.on('error', ({ message }) => this.#fail(message));
  }

  /** @param enter words in front of a command that make it run in the namespace. */
  static async open({
    name,
    enter,
    signal,
  }: {
    name: string;
    enter: readonly string[];
    signal?: AbortSignal;
  }): Promise<Station> {
    const [command, ...args] = [...enter, process.execPath, MAIN];
    const child = spawn(command, args, {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, PATH: SBIN_PATH, NODE_OPTIONS: '' },
      serialization: 'json',
    });
    const ready = once(child, 'message');
    const station = new Station(name, child);
    try {
      await withDeadline(Promise.race([ready, station.#exited.then(() => Promise.reject(station.#gone()))]), {
        timeoutMs: OPEN_MS,
        what: `the lab's station ${name} to start`,
        signal,
      });
      return station;
    } catch (error) {
      await station[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Listens in the namespace; the connections come here. Port 0 takes any free one. */
  async listen({ host, port }: { host: string; port: number }): Promise<{ server: Server; port: number }> {
    const { value, handle } = await this.#ask('listen', { host, port });
    return { server: handle as Server, port: value as number };
  }

  /** Connects from inside the namespace. */
  async dial({ host, port }: { host: string; port: number }): Promise<Socket> {
    return (await this.#ask('dial', { host, port })).handle as Socket;
  }

  /** Runs one of station-probes.mjs. */
  async probe(name: string, arg: unknown): Promise<unknown> {
    return (await this.#ask(name, arg)).value;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.connected) this.#process.disconnect();
    await withDeadline(this.#exited, { timeoutMs: 2000, what: `station ${this.name} to end` }).catch(() => {
      this.#process.kill('SIGKILL');
    });
  }

  async #ask(name: string, arg: unknown): Promise<{ value: unknown; handle: unknown }> {
    if (!this.#process.connected) throw this.#gone();
    const id = this.#next++;
    const answer = new Promise<{ value: unknown; handle: unknown }>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
    });
    this.#process.send({ id, name, arg });
    return withDeadline(answer, { timeoutMs: ANSWER_MS, what: `station ${this.name} to ${name}` });
  }

  #onAnswer({ id, value, error }: Answer, handle: unknown): void {
    if (id === undefined) return;
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve({ value, handle });
    else waiting?.reject(new NetworkError(`station ${this.name}: ${error}`, { code: 'LAB_STATION' }));
  }

  #fail(why: string): void {
    for (const { reject } of this.#waiting.values()) reject(this.#gone(why));
    this.#waiting.clear();
  }

  #gone(why = 'it is not there'): NetworkError {
    return new NetworkError(`the lab's station ${this.name} does not answer: ${why}`, {
      code: 'LAB_STATION',
    });
  }
}
