import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { openSignalingClient } from '../../../signaling-stub/client/client.ts';
import { openSignalingStub } from '../../../signaling-stub/server.ts';
import { CuttingProxy } from '../cutting-proxy.ts';
import { OFFER } from '../raw-client.ts';
import { seededRandom } from '../random.ts';
import { listen, reasons } from './joined.ts';

describe('openSignalingClient()', () => {
  test('joins, hears the roster and exchanges typed messages', async () => {
    await using stub = await openSignalingStub();
    await using a = listen(stub, 'a');
    await a.client.joined;
    await using b = listen(stub, 'b');
    await a.until(({ rosters }) => rosters.length === 2);
    a.client.send('b', 'description', OFFER, { connection: 'screen' });
    a.client.send('b', 'candidate', null);
    await b.until(({ messages }) => messages.length === 2);
    expect(a.heard.rosters).toEqual([[], ['b']]);
    expect(b.heard.rosters).toEqual([['a']]);
    expect(b.heard.messages).toMatchObject([
      { kind: 'description', from: 'a', to: 'b', connection: 'screen', payload: OFFER },
      { kind: 'candidate', from: 'a', payload: null },
    ]);
    expect([a.heard.states, a.heard.errors]).toEqual([['open'], []]);
  });

  test('keeps what is sent before it has joined', async () => {
    await using stub = await openSignalingStub();
    await using b = listen(stub, 'b');
    await b.client.joined;
    await using a = listen(stub, 'a');
    a.client.send(undefined, 'bye', { reason: 'early' });
    await b.until(({ messages }) => messages.length === 1);
    expect(b.heard.messages).toMatchObject([{ from: 'a', payload: { reason: 'early' } }]);
  });

  test('rejects and closes if the token is wrong', async () => {
    await using stub = await openSignalingStub();
    await using a = listen(stub, 'a', { token: 'wrong' });
    await expect(a.client.joined).rejects.toMatchObject({ code: 'unauthorized', fatal: true });
    expect(a.heard.states).toEqual(['closed']);
    expect(a.heard.errors).toEqual(['unauthorized']);
    expect(a.client.send('b', 'bye', {})).toBe(false);
  });

  test('rejects with connection-lost if nothing listens', async () => {
    const stub = await openSignalingStub();
    await stub.close();
    const client = openSignalingClient({
      url: 'ws://127.0.0.1:1/signaling',
      token: 't',
      room: 'r',
      peer: 'p',
      WebSocket,
      openTimeoutMs: 50,
      backoff: { baseMs: 5, maxMs: 10 },
    });
    await expect(client.joined).rejects.toMatchObject({ code: 'connection-lost', fatal: true });
  });

  test.for(['http://127.0.0.1/', 'nonsense'])('throws if the address is %s', (url) => {
    expect(() => openSignalingClient({ url, token: 't', room: 'r', peer: 'p', WebSocket })).toThrow(
      'expected ws://… or wss://…',
    );
  });

  test('bundles for a page without anything of Node', async () => {
    const { outputFiles } = await build({
      entryPoints: ['signaling-stub/client/client.ts'],
      bundle: true,
      minify: true,
      write: false,
      format: 'esm',
      platform: 'browser',
    });
    expect(outputFiles[0]?.contents.length).toBeLessThan(16_000);
  });
});

describe('SignalingClient.send()', () => {
  test('throws send-buffer-full beyond its bound', async () => {
    await using stub = await openSignalingStub();
    await using a = listen(stub, 'a', { maxPending: 2 });
    a.client.send('b', 'bye', {});
    a.client.send('b', 'bye', {});
    expect(() => a.client.send('b', 'bye', {})).toThrow('2 messages wait for the server already');
  });

  test('throws message-too-large beyond the limit of the server', async () => {
    await using stub = await openSignalingStub({ limits: { messageBytes: 500 } });
    await using a = listen(stub, 'a');
    await a.client.joined;
    expect(() => a.client.send('b', 'bye', { reason: 'x'.repeat(500) })).toThrow(
      'expected at most 500 bytes',
    );
  });

  test('tells onError if there is no such peer', async () => {
    await using stub = await openSignalingStub();
    await using a = listen(stub, 'a');
    a.client.send('nobody', 'bye', {});
    await a.until(({ errors }) => errors.length === 1);
    expect([a.heard.errors, a.client.state]).toEqual([['unknown-recipient'], 'open']);
  });

  test('loses nothing if it is faster than the server allows', async () => {
    await using stub = await openSignalingStub({ limits: { messagesPerSecond: 2000, burst: 20 } });
    await using b = listen(stub, 'b');
    await b.client.joined;
    await using a = listen(stub, 'a');
    const sent = Array.from({ length: 200 }, (_, index) => String(index));
    for (const reason of sent) a.client.send('b', 'bye', { reason });
    await b.until(({ messages }) => messages.length === sent.length);
    expect(reasons(b.heard.messages)).toEqual(sent);
    expect(new Set(a.heard.errors)).toEqual(new Set(['rate-limited']));
  });
});

describe('SignalingClient after a dropped socket', () => {
  test('resumes and loses, doubles and reorders nothing in either direction', async () => {
    await using stub = await openSignalingStub({ limits: { burst: 10_000 } });
    const random = seededRandom(3);
    // 3 to 15 kB between cuts: several dozen messages of either direction are under way at each.
    await using proxy = await CuttingProxy.open(stub.port, () => 3000 + Math.floor(random() * 12_000));
    const url = `ws://127.0.0.1:${proxy.port}/signaling`;
    await using a = listen(stub, 'a', { url });
    await using b = listen(stub, 'b', { url });
    await Promise.all([a.client.joined, b.client.joined]);
    const sent = Array.from({ length: 600 }, (_, index) => String(index));
    for (const reason of sent) {
      a.client.send('b', 'bye', { reason });
      b.client.send('a', 'bye', { reason });
      if (Number(reason) % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all([a, b].map(({ until }) => until(({ messages }) => messages.length >= sent.length)));
    expect(reasons(a.heard.messages)).toEqual(sent);
    expect(reasons(b.heard.messages)).toEqual(sent);
    expect(proxy.cuts).toBeGreaterThan(5);
    expect([...a.heard.errors, ...b.heard.errors]).toEqual([]);
    expect(a.heard.rosters.at(-1)).toEqual(['b']);
  });

  test('hears what was sent while it was away', async () => {
    await using stub = await openSignalingStub();
    await using a = listen(stub, 'a');
    await using b = listen(stub, 'b', { backoff: { baseMs: 50, maxMs: 50 } });
    await a.until(({ rosters }) => rosters.at(-1)?.length === 1);
    stub.disconnect('r', 'b');
    await b.until(({ states }) => states.at(-1) === 'reconnecting');
    for (const reason of ['1', '2', '3']) a.client.send('b', 'bye', { reason });
    await b.until(({ messages }) => messages.length === 3);
    expect(reasons(b.heard.messages)).toEqual(['1', '2', '3']);
    expect(b.heard.states).toEqual(['open', 'reconnecting', 'open']);
    expect(a.heard.rosters.at(-1)).toEqual(['b']);
  });

  test('delivers what was sent right before close(), and then leaves', async () => {
    await using stub = await openSignalingStub();
    await using a = listen(stub, 'a');
    await using b = listen(stub, 'b');
    await a.until(({ rosters }) => rosters.at(-1)?.length === 1);
    stub.disconnect('r', 'b');
    await b.until(({ states }) => states.at(-1) === 'reconnecting');
    b.client.send('a', 'bye', { reason: 'last words' });
    await b.client.close();
    await a.until(({ rosters }) => rosters.at(-1)?.length === 0);
    expect(reasons(a.heard.messages)).toEqual(['last words']);
    expect(b.heard.errors).toEqual([]);
  });

  test('closes with connection-lost if it cannot come back within the grace time', async () => {
    await using stub = await openSignalingStub({ resumeGraceMs: 20 });
    await using a = listen(stub, 'a', { backoff: { baseMs: 500, maxMs: 500 } });
    await a.client.joined;
    stub.disconnect('r', 'a');
    await a.until(({ states }) => states.at(-1) === 'closed');
    expect(a.heard.errors).toEqual(['connection-lost']);
  });
});

describe('SignalingClient with a server that numbers wrongly', () => {
  test('ignores a frame it has seen, and joins again from the last good one if one is missing', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    const joins: unknown[] = [];
    const say = (seq: number) => ({
      kind: 'bye',
      seq,
      room: 'r',
      from: 'b',
      payload: { reason: String(seq) },
    });
    server.on('connection', (socket) => {
      socket.on('message', (data: Buffer) => {
        const frame = JSON.parse(data.toString()) as { kind: string; lastSeq?: number };
        if (frame.kind === 'leave') socket.close(1000);
        if (frame.kind !== 'join') return;
        joins.push(frame.lastSeq);
        const welcome = { kind: 'welcome', lastSeq: 0, heartbeatMs: 10_000, resumeGraceMs: 10_000 };
        const first = joins.length === 1;
        const frames = first ? [say(1), say(2), say(1), say(2), say(4)] : [say(3), say(4)];
        for (const each of [{ ...welcome, messageBytes: 9999, resumed: !first }, ...frames]) {
          socket.send(JSON.stringify(each));
        }
      });
    });
    await once(server, 'listening');
    {
      const { port } = server.address() as AddressInfo;
      await using a = listen({ url: `ws://127.0.0.1:${port}/`, token: 't' }, 'a');
      await a.until(({ messages }) => messages.length >= 4);
      expect(reasons(a.heard.messages)).toEqual(['1', '2', '3', '4']);
      expect(joins).toEqual([undefined, 2]);
    }
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('SignalingClient heartbeat', () => {
  test('finds a server that went silent, and resumes', async () => {
    await using stub = await openSignalingStub({ heartbeatMs: 20 });
    const sockets: WebSocket[] = [];
    class Recorded extends WebSocket {
      constructor(url: string) {
        super(url);
        sockets.push(this);
      }
    }
    await using a = listen(stub, 'a', { WebSocket: Recorded });
    await a.client.joined;
    sockets[0]?.pause();
    await a.until(({ states }) => states.length === 3);
    expect(a.heard.states).toEqual(['open', 'reconnecting', 'open']);
  });
});

describe('SignalingClient.close()', () => {
  test('tells the others at once, and is idempotent', async () => {
    await using stub = await openSignalingStub();
    await using b = listen(stub, 'b');
    await b.client.joined;
    const a = listen(stub, 'a');
    await b.until(({ rosters }) => rosters.at(-1)?.length === 1);
    await Promise.all([a.client.close(), a.client.close()]);
    await b.until(({ rosters }) => rosters.at(-1)?.length === 0);
    expect(a.client.state).toBe('closed');
    expect(stub.health().peers).toBe(1);
  });

  test('rejects joined if it had not joined yet', async () => {
    await using stub = await openSignalingStub();
    const a = listen(stub, 'a');
    await a.client.close();
    await expect(a.client.joined).rejects.toMatchObject({ code: 'closed' });
  });
});
