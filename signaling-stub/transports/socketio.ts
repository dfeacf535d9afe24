import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { Server as Engine } from 'engine.io';
import { Server, type Socket } from 'socket.io';
import { CLOSE_GOING_AWAY } from '../protocol.ts';
import {
  CLOSE_TIMEOUT_MS,
  pathOf,
  type Connection,
  type ConnectionHandlers,
  type Transport,
  type TransportOptions,
} from './transport.ts';

/** Socket.IO: a frame is a `frame` event with a text; `end` says why the server closes. It probes links by itself. */
export function openSocketIoTransport(options: TransportOptions): Transport {
  return new SocketIoTransport(options);
}

class SocketIoTransport implements Transport {
  readonly name = 'socketio';
  readonly #options: TransportOptions;
  readonly #engine: Engine;
  readonly #io = new Server({ serveClient: false });
  readonly #sockets = new Set<Socket>();
  #onEmpty: (() => void) | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: TransportOptions) {
    this.#options = options;
    // An engine of its own: attached to a server, Socket.IO would take all requests and upgrades of others over.
    this.#engine = new Engine({
      maxHttpBufferSize: options.maxFrameBytes,
      pingInterval: options.heartbeatMs,
      pingTimeout: options.heartbeatMs,
      perMessageDeflate: false,
      httpCompression: false,
      cors: { origin: '*' },
    });
    this.#io.bind(this.#engine);
    this.#io.on('connection', (socket) => this.#open(socket));
  }

  get connections(): number {
    return this.#sockets.size;
  }

  request(request: IncomingMessage, response: ServerResponse): boolean {
    if (!this.#isOurs(request)) return false;
    if (this.#closed) response.writeHead(503, { connection: 'close' }).end();
    else this.#engine.handleRequest(request as Parameters<Engine['handleRequest']>[0], response);
    return true;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    if (!this.#isOurs(request) || this.#closed) return false;
    this.#engine.handleUpgrade(request as Parameters<Engine['handleUpgrade']>[0], socket, head);
    return true;
  }

  close(): Promise<void> {
    this.#closed ??= this.#closeAll();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #isOurs(request: IncomingMessage): boolean {
    const path = pathOf(request);
    return path === this.#options.path || path.startsWith(`${this.#options.path}/`);
  }

  #open(socket: Socket): void {
    this.#sockets.add(socket);
    const handlers = this.#options.accept(new SocketIoConnection(socket, this.#options.maxBufferedBytes));
    socket.on('frame', (frame: unknown) => receive(frame, handlers));
    socket.once('disconnect', (_reason: string, error: unknown) => {
      this.#sockets.delete(socket);
      // What both of its transports say of a message above the limit.
      if (/max payload size|payload too large/i.test(String(error))) {
        handlers.unreadable('too-large', undefined);
      }
      handlers.closed();
      if (this.#sockets.size === 0) this.#onEmpty?.();
    });
  }

  async #closeAll(): Promise<void> {
    if (this.#sockets.size > 0) {
      const empty = new Promise<void>((resolve) => (this.#onEmpty = resolve));
      for (const socket of this.#sockets) end(socket, CLOSE_GOING_AWAY, 'the signaling stub ends');
      const deadline = setTimeout(() => {
        for (const socket of this.#sockets) socket.conn.close(true);
      }, CLOSE_TIMEOUT_MS);
      await empty;
      clearTimeout(deadline);
    }
    await this.#io.close();
  }
}

class SocketIoConnection implements Connection {
  readonly token: string | undefined;
  readonly remote: string;
  readonly #socket: Socket;
  readonly #maxBufferedBytes: number;
  #isClosing = false;

  constructor(socket: Socket, maxBufferedBytes: number) {
    const { token } = socket.handshake.auth as Record<string, unknown>;
    const { remoteAddress, remotePort } = socket.request.socket;
    this.token = typeof token === 'string' ? token : undefined;
    this.remote = `${remoteAddress}:${remotePort}`;
    this.#socket = socket;
    this.#maxBufferedBytes = maxBufferedBytes;
  }

  send(frame: string): void {
    if (this.#isClosing || !this.#socket.connected) return;
    if (bufferedBytes(this.#socket) > this.#maxBufferedBytes) return this.terminate();
    this.#socket.emit('frame', frame);
  }

  close(code: number, reason: string): void {
    this.#isClosing = true;
    end(this.#socket, code, reason);
  }

  terminate(): void {
    this.#socket.conn.close(true);
  }
}

function end(socket: Socket, code: number, reason: string): void {
  socket.emit('end', { code, reason });
  socket.disconnect(true);
}

/** What waits for the reader: packets that are not yet with the transport, and what its socket has not sent. */
function bufferedBytes({ conn }: Socket): number {
  const packets = (conn as unknown as { writeBuffer: { data?: unknown }[] }).writeBuffer;
  const queued = packets.reduce((sum, { data }) => sum + (typeof data === 'string' ? data.length : 0), 0);
  const socket = (conn.transport as unknown as { socket?: { bufferedAmount?: number } }).socket;
  return queued + (socket?.bufferedAmount ?? 0);
}

function receive(frame: unknown, handlers: ConnectionHandlers): void {
  if (typeof frame === 'string') handlers.frame(frame, Buffer.byteLength(frame));
  else handlers.unreadable('binary', undefined);
}
