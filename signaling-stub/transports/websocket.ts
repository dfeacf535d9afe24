import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer, type RawData } from 'ws';
import { CLOSE_GOING_AWAY } from '../protocol.ts';
import { GatheredWrites } from './gathered-writes.ts';
import {
  CLOSE_TIMEOUT_MS,
  MISSED_PROBES,
  pathOf,
  remoteOf,
  tokenOf,
  type Connection,
  type ConnectionHandlers,
  type Transport,
  type TransportOptions,
} from './transport.ts';

interface Link {
  socket: WebSocket;
  missed: number;
}

/** WebSocket (RFC 6455) on `ws`: one text frame per protocol frame. */
export function openWebSocketTransport(options: TransportOptions): Transport {
  return new WebSocketTransport(options);
}

class WebSocketTransport implements Transport {
  readonly name = 'ws';
  readonly #options: TransportOptions;
  readonly #sockets: WebSocketServer;
  readonly #links = new Set<Link>();
  readonly #writes = new GatheredWrites();
  readonly #heartbeat: NodeJS.Timeout;
  #closed: Promise<void> | undefined;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#sockets = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: options.maxFrameBytes,
      clientTracking: false,
    });
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

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    if (pathOf(request) !== this.#options.path) return false;
    this.#sockets.handleUpgrade(request, socket, head, (opened) => this.#open(opened, socket, request));
    return true;
  }

  #open(socket: WebSocket, stream: Duplex, request: IncomingMessage): void {
    const link: Link = { socket, missed: 0 };
    this.#links.add(link);
    const connection = new WebSocketConnection(socket, {
      token: tokenOf(request),
      remote: remoteOf(request),
      maxBufferedBytes: this.#options.maxBufferedBytes,
      stream,
      writes: this.#writes,
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
  /** What the socket writes to. */
  readonly #stream: Duplex;
  readonly #writes: GatheredWrites;

  constructor(
    socket: WebSocket,
    options: {
      token: string | undefined;
      remote: string;
      maxBufferedBytes: number;
      stream: Duplex;
      writes: GatheredWrites;
    },
  ) {
    this.#socket = socket;
    this.#stream = options.stream;
    this.#writes = options.writes;
    this.token = options.token;
    this.remote = options.remote;
    this.#maxBufferedBytes = options.maxBufferedBytes;
  }

  send(frame: string): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    if (this.#socket.bufferedAmount > this.#maxBufferedBytes) return this.#socket.terminate();
    this.#writes.gather(this.#stream);
    this.#socket.send(frame);
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  terminate(): void {
    // What was handed over before the cut leaves, as it would by itself.
    this.#writes.release(this.#stream);
    this.#socket.terminate();
  }
}

function receive(data: RawData, isBinary: boolean, handlers: ConnectionHandlers): void {
  // `ws` gives one Buffer unless it was told otherwise.
  const bytes = data as Buffer;
  if (isBinary) handlers.unreadable('binary', bytes.length);
  else handlers.frame(bytes.toString('utf8'), bytes.length);
}
