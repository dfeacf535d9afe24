import type { IncomingMessage, ServerResponse } from 'node:http';
import { CLOSE_GOING_AWAY } from '../protocol.ts';
import { readBody } from './http-body.ts';
import type { HttpLink, HttpLinkOptions } from './http-link.ts';
import {
  CLOSE_TIMEOUT_MS,
  pathOf,
  remoteOf,
  tokenOf,
  type Transport,
  type TransportOptions,
} from './transport.ts';

/** Several small frames may share a request, also where a single one may not be as large. */
const MIN_BODY_BYTES = 64 * 1024;

/** Pages of other origins may ask: the token is what keeps strangers out. @see https://fetch.spec.whatwg.org/#http-cors-protocol */
const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, POST, DELETE, OPTIONS',
  'access-control-allow-headers': 'authorization, content-type',
  'cache-control': 'no-store',
};

/**
 * What server-sent events and long polling share: a client opens a link by GET and is given its id, sends frames by
 * POST, one a line, and takes its leave by DELETE.
 *
 * | request | answer |
 * |---|---|
 * | `GET PATH` | the link's id, as the transport sends things |
 * | `GET PATH/ID` | long polling: frames, or 410 with code and reason when the link has ended |
 * | `POST PATH/ID` | 204; 404 when there is no such link; 413 |
 * | `DELETE PATH/ID` | 204 |
 */
export class HttpTransport implements Transport {
  readonly name: string;
  readonly #options: TransportOptions;
  readonly #newLink: (options: HttpLinkOptions) => HttpLink;
  readonly #links = new Map<string, HttpLink>();
  readonly #heartbeat: NodeJS.Timeout;
  #onEmpty: (() => void) | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: TransportOptions & { name: string; newLink: (options: HttpLinkOptions) => HttpLink }) {
    this.name = options.name;
    this.#options = options;
    this.#newLink = options.newLink;
    this.#heartbeat = setInterval(() => {
      for (const link of this.#links.values()) link.probe();
    }, options.heartbeatMs);
  }

  get connections(): number {
    return this.#links.size;
  }

  request(request: IncomingMessage, response: ServerResponse): boolean {
    const path = pathOf(request);
    const { path: own } = this.#options;
    if (path !== own && !path.startsWith(`${own}/`)) return false;
    for (const [name, value] of Object.entries(CORS)) response.setHeader(name, value);
    const id = path.slice(own.length + 1);
    if (request.method === 'OPTIONS') response.writeHead(204).end();
    else if (id === '') this.#open(request, response);
    else void this.#serve(this.#links.get(id), request, response);
    return true;
  }

  close(): Promise<void> {
    this.#closed ??= this.#closeAll();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #open(request: IncomingMessage, response: ServerResponse): void {
    if (request.method !== 'GET') return void response.writeHead(405, { allow: 'GET' }).end();
    if (this.#closed) return void response.writeHead(503, { connection: 'close' }).end();
    const link = this.#newLink({
      token: tokenOf(request),
      remote: remoteOf(request),
      maxBufferedBytes: this.#options.maxBufferedBytes,
      onGone: ({ id }) => {
        this.#links.delete(id);
        if (this.#links.size === 0) this.#onEmpty?.();
      },
    });
    this.#links.set(link.id, link);
    link.open(response);
    link.serve(this.#options.accept(link));
  }

  async #serve(
    link: HttpLink | undefined,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (!link) return void response.writeHead(404, { connection: 'close' }).end();
    if (request.method === 'POST') return this.#receive(link, request, response);
    if (request.method === 'DELETE') link.terminate();
    if (request.method === 'GET' && link.get(response)) return;
    response.writeHead(request.method === 'DELETE' ? 204 : 405).end();
  }

  async #receive(link: HttpLink, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { maxFrameBytes, bodyTimeoutMs } = this.#options;
    const body = await readBody(request, Math.max(maxFrameBytes, MIN_BODY_BYTES), bodyTimeoutMs);
    if (body === 'aborted') return;
    if (body === 'too-large') {
      link.refuseSize(undefined);
      return void response.writeHead(413, { connection: 'close' }).end();
    }
    if (body === 'too-late') return void response.writeHead(408, { connection: 'close' }).end();
    if (body === 'not-utf-8') link.refuseBinary();
    else link.receive(body.text, maxFrameBytes);
    response.writeHead(204).end();
  }

  async #closeAll(): Promise<void> {
    clearInterval(this.#heartbeat);
    if (this.#links.size === 0) return;
    const empty = new Promise<void>((resolve) => (this.#onEmpty = resolve));
    for (const link of this.#links.values()) link.close(CLOSE_GOING_AWAY, 'the signaling stub ends');
    const deadline = setTimeout(() => {
      for (const link of this.#links.values()) link.terminate();
    }, CLOSE_TIMEOUT_MS);
    await empty;
    clearTimeout(deadline);
  }
}
