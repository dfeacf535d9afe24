import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { extname, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ConfigError, NetworkError, toError } from '../errors.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { LAYOUT } from '../store/layout.ts';
import { textOf, type Flags, type Io } from './io.ts';
import { namedRun } from './named-run.ts';
import { listenForStop } from './stop-signals.ts';

const HOST = '127.0.0.1';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.jsonl': 'text/plain; charset=utf-8',
  '.log': 'text/plain; charset=utf-8',
  '.md': 'text/plain; charset=utf-8',
  '.xml': 'application/xml; charset=utf-8',
};

/** Serves a run's folder over loopback until a signal comes; the report is at `/`. */
export async function serve(flags: Flags, io: Io): Promise<ExitCode> {
  using stop = listenForStop(io);
  const port = parsePort(textOf(flags, 'port'));
  await using server = await openFolderServer(await namedRun(flags, io), port);
  io.stdout.write(`${server.url}\n`);
  if (!stop.signal.aborted) await once(stop.signal, 'abort');
  return EXIT_CODES.passed;
}

export interface FolderServer extends AsyncDisposable {
  /** Of the report. */
  readonly url: string;
}

/** Throws `NetworkError` if the port cannot be had. */
export async function openFolderServer(folder: string, port = 0): Promise<FolderServer> {
  const server = createServer((request, response) => void answer(folder, request, response));
  try {
    server.listen(port, HOST);
    await once(server, 'listening');
  } catch (cause) {
    throw new NetworkError(`cannot listen on ${HOST}:${port}: ${toError(cause).message}`, {
      code: 'PORT_NOT_AVAILABLE',
      hint: 'Name another --port, or none for any free one.',
      details: { port },
      cause,
    });
  }
  return { url: `http://${HOST}:${portOf(server)}/`, [Symbol.asyncDispose]: () => closeServer(server) };
}

async function answer(folder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('cache-control', 'no-store');
  if (!isLocal(request.headers.host)) return refuse(response, 403);
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405);
  const path = pathInside(folder, request.url ?? '/');
  const found = path === undefined ? undefined : await stat(path).catch(() => undefined);
  if (path === undefined || !found?.isFile()) return refuse(response, 404);
  response.setHeader('content-type', TYPES[extname(path)] ?? 'application/octet-stream');
  response.setHeader('content-length', found.size);
  if (request.method === 'HEAD') return void response.end();
  // A reader that goes away, or a file that does, ends this answer and nothing else.
  await pipeline(createReadStream(path), response).catch(() => response.destroy());
}

/** The file that a URL names; `undefined` when it is not inside the folder. */
function pathInside(folder: string, url: string): string | undefined {
  try {
    // Not through `new URL()`: it would take `//name` for a host.
    const name = decodeURIComponent(url.split(/[?#]/, 1)[0] ?? '/');
    if (name.includes('\0')) return undefined;
    const path = resolve(folder, `.${name === '/' ? `/${LAYOUT.report}` : name}`);
    return path.startsWith(folder + sep) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** A page elsewhere must not read the run through a host name that it points at loopback (DNS rebinding). */
function isLocal(host: string | undefined): boolean {
  return /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host ?? '');
}

function refuse(response: ServerResponse, status: number): void {
  response.statusCode = status;
  response.end();
}

function parsePort(text: string | undefined): number {
  if (text === undefined) return 0;
  const port = /^\d+$/.test(text) ? Number(text) : NaN;
  if (port >= 0 && port <= 65_535) return port;
  throw new ConfigError([
    { path: '--port', expected: 'a number from 0 to 65535', got: JSON.stringify(text) },
  ]);
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
