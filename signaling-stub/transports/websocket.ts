import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer, type RawData } from 'ws';
import { CLOSE_GOING_AWAY } from '../protocol.ts';
import type { Connection, ConnectionHandlers, Transport, TransportOptions } from './transport.ts';

export interface WebSocketTransportOptions extends TransportOptions {
  /** `http` or `https`. It stays its owner's: closing the transport leaves it open. */
  server: Server;
  path: string;
  /** Answer upgrades to other paths with 404. Off when others share the server. */
  exclusive: boolean;
}

const MISSED_PROBES = 2;
const CLOSE_TIMEOUT_MS = 1000;

interface Link {
  socket: WebSocket;
  missed: number;
}

/** WebSocket (RFC 6455) on `ws`: one text frame per protocol frame. */
export function openWebSocketTransport(options: WebSocketTransportOptions): Transport {
  return new WebSocketTransport(options);
}

class WebSocketTransport implements Transport {
  readonly name = 'websocket';
  readonly #options: WebSocketTransportOptions;
  readonly #sockets: WebSocketServer;
  readonly #links = new Set<Link>();
  readonly #heartbeat: NodeJS.Timeout;
  readonly #onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) =>
    this.#upgrade(request, socket, head);
  #closed: Promise<void> | undefined;

  constructor(options: WebSocketTransportOptions) {
    this.#options = options;
    this.#sockets = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: options.maxFrameBytes,
      clientTracking: false,
    });
    options.server.on('upgrade', this.#onUpgrade);
    this.#heartbeat = setInterval(() => this.#probe(), options.heartbeatMs);
  }

  get connections(): number {
    return this.#links.size;
  }

  close(): Promise<void> {
    this.#closed ??= this.#closeAll();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const [path, query] = (request.url ?? '').split('?', 2);
    if (path !== this.#options.path) {
      if (this.#options.exclusive) refuse(socket);
      return;
    }
    const token = new URLSearchParams(query).get('token') ?? undefined;
    this.#sockets.handleUpgrade(request, socket, head, (opened) => this.#open(opened, request, token));
  }

  #open(socket: WebSocket, request: IncomingMessage, token: string | undefined): void {
    const link: Link = { socket, missed: 0 };
    this.#links.add(link);
    const { remoteAddress, remotePort } = request.socket;
    const connection = new WebSocketConnection(socket, {
      token,
      remote: `${remoteAddress}:${remotePort}`,
      maxBufferedBytes: this.#options.maxBufferedBytes,
    });
    const handlers = this.#options.accept(connection);
    socket.on('message', (data: RawData, isBinary: boolean) => {
      link.missed = 0;
      receive(data, isBinary, handlers);
    });
    socket.on('pong', () => (link.missed = 0));
    socket.on('error', (error: Error & { code?: string }) => {
      // `ws` closes the socket itself after each of these; only this one says something about a message.
      if (error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') handlers.unreadable('too-large', undefined);
    });
    socket.on('close', () => {
      this.#links.delete(link);
      handlers.closed();
    });
  }

  #probe(): void {
    for (const link of this.#links) {
      // Two, not one: after a stall of this process the answers wait unread behind this very timer.
      if (link.missed >= MISSED_PROBES) {
        link.socket.terminate();
        continue;
      }
      link.missed += 1;
      if (link.socket.readyState === WebSocket.OPEN) link.socket.ping();
    }
  }

  async #closeAll(): Promise<void> {
    clearInterval(this.#heartbeat);
    this.#options.server.off('upgrade', this.#onUpgrade);
    const gone = [...this.#links].map(
      ({ socket }) => new Promise<void>((resolve) => socket.once('close', () => resolve())),
    );
    for (const { socket } of this.#links) socket.close(CLOSE_GOING_AWAY, 'the signaling stub ends');
    const deadline = setTimeout(() => {
      for (const { socket } of this.#links) socket.terminate();
    }, CLOSE_TIMEOUT_MS);
    await Promise.all(gone);
    clearTimeout(deadline);
    this.#sockets.close();
  }
}

class WebSocketConnection implements Connection {
  readonly token: string | undefined;
  readonly remote: string;
  readonly #socket: WebSocket;
  readonly #maxBufferedBytes: number;

  constructor(
    socket: WebSocket,
    options: { token: string | undefined; remote: string; maxBufferedBytes: number },
  ) {
    this.#socket = socket;
    this.token = options.token;
    this.remote = options.remote;
    this.#maxBufferedBytes = options.maxBufferedBytes;
  }

  send(frame: string): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    if (this.#socket.bufferedAmount > this.#maxBufferedBytes) return this.#socket.terminate();
    this.#socket.send(frame);
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }
}

function receive(data: RawData, isBinary: boolean, handlers: ConnectionHandlers): void {
  // `ws` gives one Buffer unless it was told otherwise.
  const bytes = data as Buffer;
  if (isBinary) handlers.unreadable('binary', bytes.length);
  else handlers.frame(bytes.toString('utf8'), bytes.length);
}

function refuse(socket: Duplex): void {
  socket.on('error', () => socket.destroy());
  socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
}
