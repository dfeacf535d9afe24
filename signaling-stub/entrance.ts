import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { transportPath } from './protocol.ts';
import { openLongPollTransport } from './transports/long-poll.ts';
import { openSocketIoTransport } from './transports/socketio.ts';
import { openSseTransport } from './transports/sse.ts';
import { pathOf, type Transport, type TransportOptions } from './transports/transport.ts';
import { openWebSocketTransport } from './transports/websocket.ts';
import { openHttpOfferTransport } from './transports/whip.ts';

export interface EntranceOptions extends TransportOptions {
  /** `http` or `https`. It stays its owner's: closing the entrance leaves it open. */
  server: Server;
  /** Answers what is not for a transport. Without it, whoever shares the server does, but for what is under `path`. */
  otherwise?: (request: IncomingMessage, response: ServerResponse) => void;
}

/** Every way to reach the stub, on one HTTP server and under one path. */
export class Entrance {
  readonly #options: EntranceOptions;
  readonly #transports: Transport[];
  readonly #onRequest = (request: IncomingMessage, response: ServerResponse) =>
    this.#request(request, response);
  readonly #onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) =>
    this.#upgrade(request, socket, head);

  constructor(options: EntranceOptions) {
    this.#options = options;
    const { path } = options;
    this.#transports = [
      openWebSocketTransport(options),
      openSocketIoTransport({ ...options, path: transportPath(path, 'socketio') }),
      openSseTransport({ ...options, path: transportPath(path, 'sse') }),
      openLongPollTransport({ ...options, path: transportPath(path, 'long-poll') }),
      openHttpOfferTransport('whip', { ...options, path: transportPath(path, 'whip') }),
      openHttpOfferTransport('whep', { ...options, path: transportPath(path, 'whep') }),
    ];
    options.server.on('request', this.#onRequest);
    options.server.on('upgrade', this.#onUpgrade);
  }

  /** How many links are open, by transport. */
  get connections(): Record<string, number> {
    return Object.fromEntries(this.#transports.map(({ name, connections }) => [name, connections]));
  }

  async close(): Promise<void> {
    await Promise.all(this.#transports.map((transport) => transport.close()));
    this.#options.server.off('request', this.#onRequest);
    this.#options.server.off('upgrade', this.#onUpgrade);
  }

  #request(request: IncomingMessage, response: ServerResponse): void {
    if (this.#transports.some((transport) => transport.request?.(request, response))) return;
    const { path, otherwise } = this.#options;
    if (otherwise) return otherwise(request, response);
    if (isUnder(path, pathOf(request))) response.writeHead(404, { connection: 'close' }).end();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Node has taken its own listener away; a reset must not end the process.
    socket.on('error', () => socket.destroy());
    if (this.#transports.some((transport) => transport.upgrade?.(request, socket, head))) return;
    const { path, otherwise } = this.#options;
    if (otherwise || isUnder(path, pathOf(request))) refuse(socket);
  }
}

/** Whether a path is a server's part that the stub has for itself. */
function isUnder(own: string, path: string): boolean {
  return path === own || path.startsWith(`${own}/`);
}

function refuse(socket: Duplex): void {
  socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
}
