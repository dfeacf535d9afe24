import { CLOSE_ABNORMAL, SOCKET_CLOSED, SOCKET_OPEN, type Socket } from '../socket.ts';

type Listener = (event: { data: unknown; code: number; reason: string }) => void;

/** What is the same in every socket that is none: the states and events of a WebSocket. */
export abstract class SocketEvents implements Socket {
  #state = 0;
  readonly #listeners = new Map<string, Set<Listener>>();

  get readyState(): number {
    return this.#state;
  }

  abstract send(data: string): void;
  abstract close(): void;

  addEventListener(type: string, listener: (event: never) => void): void {
    const listeners = this.#listeners.get(type) ?? new Set();
    listeners.add(listener as Listener);
    this.#listeners.set(type, listeners);
  }

  protected opened(): void {
    if (this.#state !== 0) return;
    this.#state = SOCKET_OPEN;
    this.#tell('open', {});
  }

  protected received(data: string): void {
    if (this.#state === SOCKET_OPEN) this.#tell('message', { data });
  }

  /** Once; nothing is told after it. */
  protected closed(code = CLOSE_ABNORMAL, reason = ''): void {
    if (this.#state === SOCKET_CLOSED) return;
    this.#state = SOCKET_CLOSED;
    this.#tell('close', { code, reason });
  }

  #tell(type: string, event: object): void {
    for (const listener of this.#listeners.get(type) ?? [])
      listener({ data: undefined, code: 0, reason: '', ...event });
  }
}
