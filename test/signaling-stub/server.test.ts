import { createServer, get } from 'node:http';
import { createServer as createTlsServer, request } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import { describe, expect, test } from 'vitest';
import { DEFAULT_PATH } from '../../signaling-stub/protocol.ts';
import { openSignalingStub } from '../../signaling-stub/server.ts';
import { bye, RawClient } from './raw-client.ts';

describe('openSignalingStub()', () => {
  test('listens on loopback with a token of its own', async () => {
    await using first = await openSignalingStub();
    await using second = await openSignalingStub();
    expect(first.url).toBe(`ws://127.0.0.1:${first.port}${DEFAULT_PATH}`);
    expect(first.token).toMatch(/^[\w-]{24}$/);
    expect(first.token).not.toBe(second.token);
  });

  test('writes an IPv6 address in brackets', async () => {
    await using stub = await openSignalingStub({ host: '::1' });
    expect(stub.url).toBe(`ws://[::1]:${stub.port}/signaling`);
    await using client = await RawClient.join(stub, 'r', 'p');
    client.send({ kind: 'ping' });
    await client.next('pong');
  });

  test('rejects with PORT_IN_USE if the port is taken', async () => {
    await using stub = await openSignalingStub();
    await expect(openSignalingStub({ port: stub.port })).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: `cannot listen on 127.0.0.1:${stub.port}: the port is in use`,
    });
  });

  test('rejects with ADDRESS_UNAVAILABLE if the machine has no such address', async () => {
    await expect(openSignalingStub({ host: '192.0.2.1' })).rejects.toMatchObject({
      code: 'ADDRESS_UNAVAILABLE',
    });
  });

  test('rejects with every wrong option at once', async () => {
    const wrong = { token: '', path: 'x', limits: { rooms: 0 }, heartbeatMs: 0.5 };
    await expect(openSignalingStub(wrong)).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
      details: {
        problems: [
          'rooms: expected an integer from 1, got 0',
          'heartbeatMs: expected an integer from 1, got 0.5',
          'token: expected at least one character, got none',
          'path: expected a path like /signaling, got x',
        ],
      },
    });
  });

  test('rejects with TLS_INVALID if the certificate is none', async () => {
    await expect(openSignalingStub({ tls: { cert: 'x', key: 'y' } })).rejects.toMatchObject({
      code: 'TLS_INVALID',
    });
  });

  test('answers upgrades to other paths with 404', async () => {
    await using stub = await openSignalingStub();
    await expect(RawClient.open(`ws://127.0.0.1:${stub.port}/other`)).rejects.toThrow('404');
  });

  test('survives a client that speaks no HTTP', async () => {
    await using stub = await openSignalingStub();
    const socket = connect(stub.port, '127.0.0.1');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.resume().end('\u0000\u0001 nonsense\r\n\r\n');
    await closed;
    expect(stub.health().status).toBe('ok');
  });
});

describe('GET /health', () => {
  test('counts rooms, peers and messages', async () => {
    await using stub = await openSignalingStub();
    await using a = await RawClient.join(stub, 'r', 'a');
    await using b = await RawClient.join(stub, 'r', 'b');
    a.send(bye(1, 'b'));
    await b.next('bye');
    const { status, body } = await fetchText(`http://127.0.0.1:${stub.port}/health`);
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual({
      status: 'ok',
      rooms: 1,
      peers: 2,
      messages: 1,
      uptimeSeconds: expect.any(Number) as number,
    });
  });

  test('is the only thing served', async () => {
    await using stub = await openSignalingStub();
    expect((await fetchText(`http://127.0.0.1:${stub.port}/`)).status).toBe(404);
  });
});

describe('TLS', () => {
  test('carries signaling and health', async () => {
    const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
    });
    await using stub = await openSignalingStub({ tls: { cert, key } });
    expect(stub.url).toMatch(/^wss:/);
    await using client = await RawClient.open(stub.url, { ca: cert });
    client.send({ kind: 'join', room: 'r', peer: 'p', token: stub.token });
    await client.next('welcome');
    const status = await new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port: stub.port, path: '/health', ca: cert, agent: false };
      request(options, (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(200);
  });
});

describe('Attached to a server of somebody else', () => {
  test('the stub takes its path and leaves everything else alone', async () => {
    const server = createServer((_request, response) => response.end('mine'));
    const others: string[] = [];
    server.on('upgrade', ({ url = '' }, socket) => {
      if (url.startsWith('/sig')) return;
      others.push(url);
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    {
      await using stub = await openSignalingStub({ server, path: '/sig' });
      expect([stub.url, stub.port]).toEqual([`ws://127.0.0.1:${port}/sig`, port]);
      await using _client = await RawClient.join(stub, 'r', 'p');
      await expect(RawClient.open(`ws://127.0.0.1:${port}/control`)).rejects.toThrow();
      expect(others).toEqual(['/control']);
      expect((await fetchText(`http://127.0.0.1:${port}/health`)).body).toBe('mine');
    }
    expect(server.listening).toBe(true);
    expect(server.listenerCount('upgrade')).toBe(1);
    await new Promise((resolve) => server.close(resolve));
  });

  test('the stub knows TLS when it sees it, and refuses to share the address', async () => {
    const server = createTlsServer();
    await using stub = await openSignalingStub({ server });
    expect(() => stub.url).toThrow('not listening');
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    expect(stub.url).toMatch(/^wss:/);
    await new Promise((resolve) => server.close(resolve));
    await expect(openSignalingStub({ server, port: 1 })).rejects.toMatchObject({ code: 'OPTIONS_INVALID' });
  });
});

describe('SignalingStub.close()', () => {
  test('ends every connection, and is idempotent', async () => {
    const stub = await openSignalingStub();
    const { url } = stub;
    const [joined, stranger] = [await RawClient.join(stub, 'r', 'a'), await RawClient.open(stub.url)];
    const away = await RawClient.join(stub, 'r', 'b');
    away.cut();
    await away.closed;
    joined.send(bye(1));
    await Promise.all([stub.close(), stub.close()]);
    expect((await joined.closed).code).toBe(1001);
    expect((await stranger.closed).code).toBe(1001);
    expect(stub.health()).toMatchObject({ status: 'closed', rooms: 0, peers: 0 });
    await expect(RawClient.open(url)).rejects.toThrow('ECONNREFUSED');
  });

  test('does not wait for a client that never answers', async () => {
    const stub = await openSignalingStub();
    const client = await RawClient.join(stub, 'r', 'a');
    client.pause();
    await stub.close();
    await client[Symbol.asyncDispose]();
  });
});

describe('SignalingStub.disconnect()', () => {
  test('cuts the link of one peer, and is false if there is none', async () => {
    await using stub = await openSignalingStub();
    await using a = await RawClient.join(stub, 'r', 'a');
    await using b = await RawClient.join(stub, 'r', 'b');
    expect(stub.disconnect('r', 'a')).toBe(true);
    expect((await a.closed).code).toBe(1006);
    expect(stub.disconnect('r', 'nobody')).toBe(false);
    b.send({ kind: 'ping' });
    await b.next('pong');
    expect(stub.health().peers).toBe(2);
  });
});

function fetchText(url: string): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode, body }));
    }).on('error', reject);
  });
}
