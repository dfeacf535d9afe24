import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { ConnectionTransport } from 'puppeteer';
import { WebSocket } from 'ws';

/** Messages of browsers are large: screenshots, whole scripts. */
export const LARGEST_MESSAGE_BYTES = 256 << 20;

type Dial = (port: number) => Promise<Socket>;

/** A puppeteer transport over a socket that somebody else connects: one into a namespace. */
export async function dialTransport(endpoint: string, dial: Dial): Promise<ConnectionTransport> {
  const socket = await dial(Number(new URL(endpoint).port));
  const webSocket = new WebSocket(endpoint, {
    perMessageDeflate: false,
    maxPayload: LARGEST_MESSAGE_BYTES,
    createConnection: () => socket,
  });
  await once(webSocket, 'open');
  return transportOver(webSocket);
}

/** A puppeteer transport over an open WebSocket. */
export function transportOver(webSocket: WebSocket): ConnectionTransport {
  const transport: ConnectionTransport = {
    send: (message) => webSocket.send(message),
    close: () => webSocket.close(),
  };
  webSocket.on('message', (data: Buffer) => transport.onmessage?.(data.toString()));
  webSocket.on('close', () => transport.onclose?.());
  webSocket.on('error', () => {});
  return transport;
}

/**
 * An endpoint on this machine's loopback that leads to one inside a namespace, for drivers that take only a URL. Ends
 * with the connection. Not for Firefox, which refuses a `Host` with another port.
 */
export async function bridgeEndpoint(endpoint: string, dial: Dial): Promise<string> {
  const url = new URL(endpoint);
  const inner = Number(url.port);
  const server = createServer((outside) => {
    server.close();
    outside.on('error', () => {});
    void dial(inner).then(
      (inside) => {
        inside.on('error', () => {});
        inside.on('close', () => outside.destroy());
        outside.on('close', () => inside.destroy());
        outside.pipe(inside).pipe(outside);
      },
      () => outside.destroy(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url.port = String((server.address() as AddressInfo).port);
  return url.href;
}
