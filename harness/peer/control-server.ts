import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { NetworkError, PeerError, toError } from '../errors.ts';
import { agentScript, renderAgentPage, type AgentScriptOptions } from './agent-page.ts';
import { ORIGIN_PAGE, renderOriginPage } from './origin-page.ts';
import { ControlChannel } from './control-channel.ts';
import { AGENT_PROTOCOL, parseFromAgent } from './protocol.ts';

const PAGE = '/peer/';
const CONTROL = '/control/';
/** The signaling stub is attached to the same server, and answers what is there. */
const SIGNALING = '/signaling';
/** A page that says nothing for this long is hung. A machine at its limit stalls pages for seconds. */
const SILENCE_MS = 15_000;

export interface ControlServerOptions {
  /** Address to listen on. */
  host: string;
  /** Default: any free one. */
  port?: number;
  /** Key and certificate, PEM, when the page must be reached from other machines. */
  tls?: { key: string; cert: string };
  silenceMs?: number;
  /** What the agent's page is to be built with. */
  agent?: AgentScriptOptions;
}

/** A place kept for one agent: the URL to open, and the channel once its page is there. */
export interface AgentSeat {
  url: string;
  /** Where an agent without a page connects. */
  control: string;
  channel: Promise<ControlChannel>;
  /** Gives the place up; a page that comes later is refused. */
  close: () => void;
}

interface Seat {
  role: string;
  manual: boolean;
  shared: boolean;
  /** A page that is loaded again is not the peer that joined. */
  isTaken: boolean;
  take: (channel: ControlChannel) => void;
  refuse: (error: PeerError) => void;
}

/**
 * The run's own HTTP server: serves each agent its page and takes its control channel.
 *
 * The random token in each URL is the only key; pages and channels of others are answered with 404.
 */
export class ControlServer implements AsyncDisposable {
  readonly http: Server;
  /** For browsers on this machine: `http://127.0.0.1:PORT` unless it listens on one other address only. */
  readonly origin: string;
  readonly port: number;
  #script: string;
  #silenceMs: number;
  #sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 64 << 20 });
  #seats = new Map<string, Seat>();
  #connections: Set<Socket>;

  private constructor(
    http: Server,
    {
      script,
      host,
      tls,
      silenceMs,
      connections,
    }: { script: string; host: string; tls: boolean; silenceMs: number; connections: Set<Socket> },
  ) {
    this.http = http;
    this.#script = script;
    this.#silenceMs = silenceMs;
    this.#connections = connections;
    this.port = (http.address() as AddressInfo).port;
    this.origin = `${tls ? 'https' : 'http'}://${reachable(host)}:${this.port}`;
    http.on('request', (request, response) => this.#onRequest(request, response));
    http.on('upgrade', (request, socket, head) => {
      const token = tokenOf(request, CONTROL);
      // The signaling stub, which is attached to this server, takes the other paths.
      if (token === undefined) return;
      // Node has taken its own listener away; a reset must not end the process.
      socket.on('error', () => {});
      const seat = this.#seats.get(token);
      if (!seat || seat.isTaken) return socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
      seat.isTaken = true;
      this.#sockets.handleUpgrade(request, socket, head, (webSocket) => this.#welcome(webSocket, seat));
    });
  }

  /** @throws NetworkError when the address cannot be listened on. */
  static async open(options: ControlServerOptions): Promise<ControlServer> {
    const { host, port = 0, tls, silenceMs = SILENCE_MS } = options;
    const script = await agentScript(options.agent);
    const http = tls ? createTlsServer(tls) : createServer();
    const connections = new Set<Socket>();
    http.on('connection', (socket) => {
      socket.setNoDelay(true);
      connections.add(socket);
      socket.once('close', () => connections.delete(socket));
    });
    try {
      http.listen(port, host);
      await once(http, 'listening');
    } catch (cause) {
      const hint =
        port === 0
          ? 'give an address of this machine with --listen'
          : 'give an address of this machine with --listen, and a free port with --port';
      throw new NetworkError(`the run's server cannot listen on ${host}: ${toError(cause).message}`, {
        code: 'LISTEN_FAILED',
        hint,
        cause,
      });
    }
    return new ControlServer(http, { script, host, tls: tls !== undefined, silenceMs, connections });
  }

  /**
   * Serves what another listener accepts as well: one that listens in a namespace of the lab. It is its owner's to close.
   *
   * @returns the origin of pages that are opened there
   */
  attach({ server, port }: { server: NetServer; port: number }): string {
    server.on('connection', (socket) => {
      this.http.emit('connection', socket);
      // It was accepted by another process, paused.
      socket.resume();
    });
    return `${this.origin.split(':', 1)[0]}://localhost:${port}`;
  }

  /** Keeps a place for an agent. `origin` is for pages that are opened from elsewhere. */
  seat({
    role,
    manual = false,
    shared = false,
    origin = this.origin,
  }: {
    role: string;
    manual?: boolean;
    /** Other agents may be seated in its page. */
    shared?: boolean;
    origin?: string;
  }): AgentSeat {
    const token = randomBytes(16).toString('base64url');
    const channel = new Promise<ControlChannel>((take, refuse) => {
      this.#seats.set(token, { role, manual, shared, isTaken: false, take, refuse });
    });
    channel.catch(() => {});
    return {
      url: `${origin}${PAGE}${token}`,
      control: `${origin.replace(/^http/, 'ws')}${CONTROL}${token}`,
      channel,
      close: () => void this.#seats.delete(token),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    const closed = once(this.http, 'close');
    this.http.close();
    // Also those that were upgraded for a path that nobody serves, which Node counts but does not know any more.
    for (const socket of this.#connections) socket.destroy();
    await closed;
  }

  #onRequest(request: IncomingMessage, response: ServerResponse): void {
    if (request.url?.startsWith(`${SIGNALING}/`)) return;
    if (request.url === ORIGIN_PAGE) return serve(response, renderOriginPage());
    const token = tokenOf(request, PAGE);
    const seat = token === undefined ? undefined : this.#seats.get(token);
    if (!seat || !token) return void response.writeHead(404).end();
    const { manual, shared, role } = seat;
    const control = CONTROL + token;
    serve(response, renderAgentPage({ script: this.#script, control, manual, shared, role }));
  }

  #welcome(socket: WebSocket, seat: Seat): void {
    const refuse = (code: string, why: string) => {
      socket.terminate();
      seat.refuse(new PeerError(why, { code, details: { phase: 'agent', role: seat.role } }));
    };
    const onError = ({ message }: Error) => refuse('PEER_GONE', `the control channel broke: ${message}`);
    const onClose = () => refuse('PEER_GONE', 'the page closed its control channel before it said hello');
    socket.once('error', onError);
    socket.once('close', onClose);
    socket.once('message', (data: Buffer) => {
      const hello = parseFromAgent(data.toString());
      if (hello?.type !== 'hello' || hello.protocol !== AGENT_PROTOCOL) {
        return refuse('PEER_PROTOCOL', 'the page does not speak this agent protocol');
      }
      socket.off('close', onClose);
      seat.take(new ControlChannel({ socket, hello, silenceMs: this.#silenceMs }));
      socket.off('error', onError);
    });
  }
}

function serve(response: ServerResponse, page: string): void {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
  response.end(page);
}

/** An address to connect to, as in a URL: a wildcard is none. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

function tokenOf({ url = '' }: IncomingMessage, prefix: string): string | undefined {
  return url.startsWith(prefix) ? url.slice(prefix.length).split(/[/?]/)[0] : undefined;
}
