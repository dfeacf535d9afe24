import { randomBytes } from 'node:crypto';
import * as http from 'node:http';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { Entrance } from './entrance.ts';
import { SignalingStubError } from './errors.ts';
import type { FaultRule } from './faults/rule.ts';
import { Hub } from './hub.ts';
import { DEFAULT_LIMITS, type Limits } from './limits.ts';
import { listen, renderHost } from './listen.ts';
import { DEFAULT_PATH, type RelayedMessage } from './protocol.ts';
import type { TraceEntry } from './trace.ts';
import type { OfferTimes } from './transports/transport.ts';

export interface SignalingStubOptions {
  /** Address to listen on. Default `127.0.0.1`: nothing outside this machine gets in. */
  host?: string;
  /** Default 0: any free port. */
  port?: number;
  /** PEM texts; the stub then speaks `https` and `wss`. */
  tls?: { cert: string; key: string };
  /** Attach to this server instead of listening: `host`, `port` and `tls` are its owner's, and so is `/health`. */
  server?: http.Server | https.Server;
  /** Where it is: WebSockets are taken there, the other transports under it. Default `/signaling`. */
  path?: string;
  /** What a client must show. Default: a new random one. */
  token?: string;
  limits?: Partial<Limits>;
  /** How often links are probed, ms. Default 10 000; a dead one is found within three times that. */
  heartbeatMs?: number;
  /** How long a peer may be away and lose nothing, ms. Default 30 000. */
  resumeGraceMs?: number;
  /** How long a connection may stay without joining, and a request without its end, ms. Default 10 000. */
  joinTimeoutMs?: number;
  /** How long offers by WHIP and WHEP may take. */
  offers?: Partial<OfferTimes>;
  /** Called for every message with what became of it. Must not throw. */
  onTrace?: (entry: TraceEntry) => void;
  /** May change a message before it is relayed, or drop it (`undefined`). Sender and room stay what they are. */
  intercept?: (message: RelayedMessage) => RelayedMessage | undefined;
  /** In force from the start. */
  faults?: readonly FaultRule[];
  /** For all that faults leave to chance. Default 1. */
  faultSeed?: number;
}

/** What `GET /health` says. */
export interface Health {
  status: 'ok' | 'closed';
  rooms: number;
  peers: number;
  uptimeSeconds: number;
  /** Taken from peers since the start. */
  messages: number;
}

export interface SignalingStub extends AsyncDisposable {
  /**
   * `ws://127.0.0.1:40123/signaling`, without the token; `transportUrl()` makes those of the other transports of it.
   * Throws while an attached server is not listening.
   */
  readonly url: string;
  readonly token: string;
  readonly port: number;
  health(): Health;
  /** Cuts a peer's link as a broken network would; it may resume. False when it has none. */
  disconnect(room: string, peer: string): boolean;
  /** Cuts every link of a room, and each that is opened again, until `restore`. */
  cut(room: string): void;
  restore(room: string): void;
  /** Puts a fault in force; what it hits is in the trace. */
  fault(rule: FaultRule): void;
  /** How many messages of a room were hit by faults, since they were cleared last. */
  faultHits(room: string): number;
  /** Ends the faults of a room, or all of them. What is held back goes on when it is due. */
  clearFaults(room?: string): void;
  /** As a process that died and came back: every link is gone, and nobody is known. With a room, as its peers see it. */
  restart(room?: string): void;
  /** Ends every connection and frees the port. Idempotent. */
  close(): Promise<void>;
}

/** Starts a signaling server. Throws {@link SignalingStubError} when it cannot listen or an option is wrong. */
export async function openSignalingStub(options: SignalingStubOptions = {}): Promise<SignalingStub> {
  const { heartbeatMs = 10_000, resumeGraceMs = 30_000, joinTimeoutMs = 10_000 } = options;
  const { token = randomBytes(18).toString('base64url'), path = DEFAULT_PATH } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  checkOptions(
    { ...limits, ...options.offers, heartbeatMs, resumeGraceMs, joinTimeoutMs },
    token,
    path,
    options,
  );
  const { onTrace, intercept, faults = [], faultSeed = 1 } = options;
  const hub = new Hub({
    token,
    limits,
    heartbeatMs,
    resumeGraceMs,
    joinTimeoutMs,
    onTrace,
    intercept,
    faultSeed,
  });
  for (const rule of faults) hub.addFault(rule);
  const own = options.server === undefined;
  const server = options.server ?? createServer(options.tls);
  if (own) await listen(server, { host: options.host ?? '127.0.0.1', port: options.port ?? 0 });
  const entrance = new Entrance({
    server,
    path,
    ...(own && { otherwise: (request, response) => answer(stub, request, response) }),
    accept: (connection) => hub.accept(connection),
    // Twice the limit is still read, so that whoever is over it gets a sentence and not just a close code.
    maxFrameBytes: limits.messageBytes * 2,
    maxBufferedBytes: limits.queueBytes * 2,
    bodyTimeoutMs: joinTimeoutMs,
    ...(options.offers && { offers: options.offers }),
    heartbeatMs,
  });
  const stub = new OpenSignalingStub({ token, path, own, server, entrance, hub });
  return stub;
}

interface Parts {
  token: string;
  path: string;
  own: boolean;
  server: http.Server | https.Server;
  entrance: Entrance;
  hub: Hub;
}

class OpenSignalingStub implements SignalingStub {
  readonly token: string;
  readonly #parts: Parts;
  readonly #startedMs = performance.now();
  #closed: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.token = parts.token;
    this.#parts = parts;
  }

  get url(): string {
    const { server, path } = this.#parts;
    const { address, port } = this.#address();
    return `${server instanceof TlsServer ? 'wss' : 'ws'}://${renderHost(address)}:${port}${path}`;
  }

  get port(): number {
    return this.#address().port;
  }

  health(): Health {
    const uptimeSeconds = Math.round(performance.now() - this.#startedMs) / 1000;
    return { status: this.#closed ? 'closed' : 'ok', ...this.#parts.hub.counts, uptimeSeconds };
  }

  disconnect(room: string, peer: string): boolean {
    return this.#parts.hub.disconnect(room, peer);
  }

  cut(room: string): void {
    this.#parts.hub.cut(room);
  }

  restore(room: string): void {
    this.#parts.hub.restore(room);
  }

  fault(rule: FaultRule): void {
    this.#parts.hub.addFault(rule);
  }

  faultHits(room: string): number {
    return this.#parts.hub.faultHits(room);
  }

  clearFaults(room?: string): void {
    this.#parts.hub.clearFaults(room);
  }

  restart(room?: string): void {
    this.#parts.hub.restart(room);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const { hub, entrance, own, server } = this.#parts;
    hub.close();
    await entrance.close();
    if (!own) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  }

  #address(): AddressInfo {
    const address = this.#parts.server.address();
    if (address !== null && typeof address === 'object') return address;
    throw new SignalingStubError('the signaling stub has no address: its server is not listening on a port', {
      code: 'NOT_LISTENING',
      hint: 'let the server you attached to listen first',
    });
  }
}

function createServer(tls: SignalingStubOptions['tls']): http.Server | https.Server {
  if (!tls) return http.createServer();
  try {
    return https.createServer({ cert: tls.cert, key: tls.key });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SignalingStubError(`the TLS certificate or key cannot be used: ${why}`, {
      code: 'TLS_INVALID',
      hint: 'give a certificate and its own private key, both as PEM',
      cause,
    });
  }
}

function answer(stub: SignalingStub, request: http.IncomingMessage, response: http.ServerResponse): void {
  const isHealth = request.url?.split('?', 1)[0] === '/health';
  const allowed = request.method === 'GET' || request.method === 'HEAD';
  const status = !isHealth ? 404 : allowed ? 200 : 405;
  const body = status === 200 ? stub.health() : { error: http.STATUS_CODES[status] };
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(`${JSON.stringify(body)}\n`);
}

function checkOptions(
  numbers: Record<string, number>,
  token: string,
  path: string,
  { server, host, port, tls }: SignalingStubOptions,
): void {
  const problems = Object.entries(numbers)
    .filter(([, value]) => !Number.isInteger(value) || value < 1)
    .map(([name, value]) => `${name}: expected an integer from 1, got ${value}`);
  if (token === '') problems.push('token: expected at least one character, got none');
  if (!path.startsWith('/')) problems.push(`path: expected a path like ${DEFAULT_PATH}, got ${path}`);
  const owners = Object.entries({ host, port, tls }).filter(([, value]) => value !== undefined);
  if (server) problems.push(...owners.map(([name]) => `${name}: expected none with server, got one`));
  if (problems.length === 0) return;
  throw new SignalingStubError(problems.join('\n'), { code: 'OPTIONS_INVALID', details: { problems } });
}
