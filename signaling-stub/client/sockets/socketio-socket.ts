import { io, type Socket as SocketIo } from 'socket.io-client';
import { CLOSE_ABNORMAL, SOCKET_CLOSED } from '../socket.ts';
import { SocketEvents } from './socket-events.ts';

/** Socket.IO as its users have it: begins with polling and changes to WebSocket. Coming back is the client's affair. */
export class SocketIoSocket extends SocketEvents {
  static readonly scheme = 'http';
  readonly #socket: SocketIo;
  #end: { code: number; reason: string } | undefined;

  constructor(url: string) {
    super();
    const { origin, pathname } = new URL(url);
    this.#socket = io(origin, { path: pathname, reconnection: false, forceNew: true });
    this.#socket.on('connect', () => this.opened());
    this.#socket.on('frame', (frame: unknown) => this.received(String(frame)));
    this.#socket.on('end', (end: { code: number; reason: string }) => (this.#end = end));
    this.#socket.on('connect_error', ({ message }: Error) => this.closed(CLOSE_ABNORMAL, message));
    this.#socket.on('disconnect', (reason, details) => {
      this.closed(this.#end?.code ?? codeIn(details), this.#end?.reason ?? reason);
    });
  }

  send(data: string): void {
    this.#socket.emit('frame', data);
  }

  close(): void {
    if (this.readyState === SOCKET_CLOSED) return;
    this.#socket.disconnect();
    this.closed();
  }
}

/** The close code of the WebSocket below, if it was one. */
function codeIn(details: unknown): number {
  const { context } = (details ?? {}) as { context?: { code?: unknown; status?: unknown } };
  if (context?.status === 413) return 1009;
  return typeof context?.code === 'number' ? context.code : CLOSE_ABNORMAL;
}
