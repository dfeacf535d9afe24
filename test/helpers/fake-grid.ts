import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that came: `DELETE /session/1`, and what let it in. */
export interface FakeGridRequest {
  line: string;
  authorization: string | undefined;
  body: unknown;
}

export interface FakeGrid extends AsyncDisposable {
  url: string;
  requests: FakeGridRequest[];
}

export interface FakeNode {
  uri?: string;
  availability?: string;
  maxSessions?: number;
  sessionTimeout?: number;
  slots: { browserName: string; browserVersion?: string; platformName?: string; session?: string }[];
}

/** What `GET /status` of a Selenium Grid 4.48 holds, as far as anybody reads it. */
export function statusOf(nodes: readonly FakeNode[]) {
  return {
    ready: nodes.length > 0,
    message: nodes.length > 0 ? 'Selenium Grid ready.' : 'Selenium Grid not ready.',
    nodes: nodes.map(
      ({ uri = 'http://10.0.0.5:5555', availability = 'UP', sessionTimeout = 300_000, slots, ...node }) => ({
        uri,
        availability,
        sessionTimeout,
        maxSessions: node.maxSessions ?? slots.length,
        slots: slots.map(({ session, ...stereotype }) => ({
          stereotype,
          session: session === undefined ? null : { sessionId: session },
        })),
      }),
    ),
  };
}

/** What a Grid answers, by `METHOD /path`; `undefined` is no answer at all. */
export type Answer = (line: string) => { status?: number; value: unknown } | undefined;

/** A server that answers as a Grid would, as long as the value lives. */
export async function openFakeGrid(answer: Answer): Promise<FakeGrid> {
  const requests: FakeGridRequest[] = [];
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const line = `${request.method} ${request.url}`;
      requests.push({ line, authorization: request.headers.authorization, body });
      const answered = answer(line);
      if (!answered) return;
      response.writeHead(answered.status ?? 200, { 'content-type': 'application/json; charset=utf-8' });
      response.end(JSON.stringify({ value: answered.value }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString();
  return text === '' ? undefined : (JSON.parse(text) as unknown);
}
