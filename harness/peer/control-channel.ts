import type { WebSocket } from 'ws';
import { PeerError } from '../errors.ts';
import type { StatsDelta } from '../stats/sample.ts';
import { ClockEstimator, harnessNow } from './clock.ts';
import {
  type AgentCommands,
  type CommandName,
  type FromAgent,
  parseFromAgent,
  type ToAgent,
} from './protocol.ts';

/** How often, at least, the agent is asked whether it is there; each answer also improves the clock's estimate. */
const PING_MS = 1000;
const FIRST_PINGS = 5;

export interface ControlChannelOptions {
  socket: WebSocket;
  hello: Extract<FromAgent, { type: 'hello' }>;
  /** Silence after which the page counts as hung, ms. */
  silenceMs: number;
}

export interface ControlListeners {
  onEvent: (event: { t: number; name: string; data?: unknown }) => void;
  onStats: (delta: StatsDelta) => void;
}

interface Pending {
  name: CommandName;
  resolve: (value: never) => void;
  reject: (error: Error) => void;
}

/**
 * The harness's end of one agent's WebSocket: commands out, results, events and stats in.
 *
 * When the page navigates, hangs or dies, everything pending rejects at once with the same `PeerError`, and so does
 * every later command.
 */
export class ControlChannel implements AsyncDisposable {
  readonly clock = new ClockEstimator();
  readonly hello: ControlChannelOptions['hello'];
  /** Resolves when the channel is gone, with why. */
  readonly gone: Promise<PeerError>;
  #socket: WebSocket;
  #silenceMs: number;
  #pending = new Map<number, Pending>();
  #pings = new Map<number, number>();
  #nextId = 1;
  #lost: PeerError | undefined;
  #onGone: (why: PeerError) => void = () => {};
  #listeners: ControlListeners | undefined;
  #timer: NodeJS.Timeout;
  #heardMs = performance.now();

  constructor({ socket, hello, silenceMs }: ControlChannelOptions) {
    this.#socket = socket;
    this.#silenceMs = silenceMs;
    this.hello = hello;
    this.gone = new Promise((resolve) => (this.#onGone = resolve));
    socket.on('message', (data: Buffer) => this.#onMessage(data.toString()));
    socket.on('close', (code) =>
      this.lose('PEER_GONE', `the page closed its control channel (code ${code})`),
    );
    socket.on('error', (error) => this.lose('PEER_GONE', `the control channel broke: ${error.message}`));
    for (let i = 0; i < FIRST_PINGS; i++) this.#ping();
    this.#timer = setInterval(() => this.#beat(), Math.min(PING_MS, silenceMs / 3));
  }

  get lost(): PeerError | undefined {
    return this.#lost;
  }

  /** Where events and stats go from now on. One listener at a time: a person's page serves several calls. */
  listen(listeners: ControlListeners | undefined): void {
    this.#listeners = listeners;
  }

  /** @throws PeerError with the phase the agent knows of in `details.phase`, or when the page is gone. */
  command<Name extends CommandName>(
    name: Name,
    arg: AgentCommands[Name]['arg'],
  ): Promise<AgentCommands[Name]['result']> {
    if (this.#lost) return Promise.reject(this.#lost);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { name, resolve: resolve as Pending['resolve'], reject });
      this.#send({ type: 'command', id, name, arg } as ToAgent);
    });
  }

  /** Ends the channel and rejects what is pending. Idempotent: the first reason stays. */
  lose(code: string, why: string): void {
    if (this.#lost) return;
    clearInterval(this.#timer);
    const waiting = [...this.#pending.values()].map(({ name }) => name);
    const during = waiting.length > 0 ? ` while it was asked to ${waiting.join(', ')}` : '';
    this.#lost = new PeerError(`${why}${during}`, { code, details: { phase: 'agent', pending: waiting } });
    for (const { reject } of this.#pending.values()) reject(this.#lost);
    this.#pending.clear();
    this.#socket.terminate();
    this.#onGone(this.#lost);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.lose('PEER_CLOSED', 'the harness closed the control channel');
    return Promise.resolve();
  }

  #send(message: ToAgent): void {
    this.#socket.send(JSON.stringify(message));
  }

  #beat(): void {
    const silentMs = performance.now() - this.#heardMs;
    if (silentMs > this.#silenceMs) {
      this.lose('PEER_HUNG', `the page has not answered for ${Math.round(silentMs)} ms: it hangs`);
    } else this.#ping();
  }

  #ping(): void {
    const id = this.#nextId++;
    this.#pings.set(id, harnessNow());
    this.#send({ type: 'ping', id });
  }

  #onMessage(text: string): void {
    const receivedMs = harnessNow();
    this.#heardMs = performance.now();
    const message = parseFromAgent(text);
    if (!message) return this.lose('PEER_PROTOCOL', 'the page sent something that is not the agent protocol');
    switch (message.type) {
      case 'stats':
        return message.deltas.forEach((delta) => this.#listeners?.onStats(delta));
      case 'event':
        return this.#listeners?.onEvent(message);
      case 'pong':
        return this.#onPong(message, receivedMs);
      case 'result':
        return this.#settle(message.id, (pending) => pending.resolve(message.value as never));
      case 'fault':
        return this.#settle(message.id, (pending) => {
          const { message: text, phase, name } = message.fault;
          pending.reject(
            new PeerError(text, {
              code: name === 'Unsupported' ? 'UNSUPPORTED' : 'PEER_FAULT',
              details: { ...(phase !== undefined && { phase }), name, command: pending.name },
            }),
          );
        });
    }
  }

  #onPong({ id, t }: { id: number; t: number }, receivedMs: number): void {
    const sentMs = this.#pings.get(id);
    this.#pings.delete(id);
    if (sentMs !== undefined) this.clock.add({ sentMs, answeredMs: t, receivedMs });
  }

  #settle(id: number, settle: (pending: Pending) => void): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (pending) settle(pending);
  }
}
