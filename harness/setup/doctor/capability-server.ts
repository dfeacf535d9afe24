import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BrowserCapabilities } from './report.ts';

const PROBE = new URL('./capability-probe.mjs', import.meta.url);
const PAGE = '<!doctype html><title>Callrig asks</title><script type="module" src="probe.mjs"></script>';
const LONGEST_RESULT = 256 * 1024;

/** Serves one page on localhost, a secure context, and takes what it posts. One browser per server. */
export class CapabilityServer implements AsyncDisposable {
  readonly url: string;
  /** Resolves with what the page found. */
  readonly result: Promise<BrowserCapabilities>;
  #server: Server;

  private constructor(server: Server, path: string, result: Promise<BrowserCapabilities>) {
    this.#server = server;
    this.result = result;
    this.url = `http://localhost:${(server.address() as AddressInfo).port}${path}`;
  }

  static async open(): Promise<CapabilityServer> {
    const probe = await readFile(PROBE);
    // Nobody else on this machine can guess where the result goes.
    const path = `/${randomBytes(16).toString('hex')}/`;
    const server = createServer();
    const result = new Promise<BrowserCapabilities>((resolve) => {
      server.on('request', (request: IncomingMessage, response: ServerResponse) => {
        void answer(request, response, { path, probe, resolve });
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new CapabilityServer(server, path, result);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

interface Answering {
  path: string;
  probe: Buffer;
  resolve: (result: BrowserCapabilities) => void;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { path, probe, resolve }: Answering,
): Promise<void> {
  if (request.method === 'GET' && request.url === path) {
    response.setHeader('content-type', 'text/html').end(PAGE);
    return;
  }
  if (request.method === 'GET' && request.url === `${path}probe.mjs`) {
    response.setHeader('content-type', 'text/javascript').end(probe);
    return;
  }
  const text = request.url === `${path}result` ? await bodyOf(request) : undefined;
  response.writeHead(text === undefined ? 404 : 204).end();
  if (text !== undefined) resolve(JSON.parse(text) as BrowserCapabilities);
}

/** `undefined` when it is cut off or too long. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  let text = '';
  try {
    for await (const chunk of request.setEncoding('utf8') as AsyncIterable<string>) {
      text += chunk;
      if (text.length > LONGEST_RESULT) return undefined;
    }
    return text;
  } catch {
    return undefined;
  }
}
