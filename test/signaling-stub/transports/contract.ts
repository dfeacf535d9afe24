import { describe, expect, test } from 'vitest';
import type { Socket, SocketConstructor } from '../../../signaling-stub/client/socket.ts';
import { transportUrl, type FrameTransport, type ServerFrame } from '../../../signaling-stub/protocol.ts';
import {
  openSignalingStub,
  type SignalingStub,
  type SignalingStubOptions,
} from '../../../signaling-stub/server.ts';
import { CuttingProxy } from '../cutting-proxy.ts';
import { listen, reasons } from '../client/joined.ts';
import { seededRandom } from '../random.ts';

/** What every transport that carries frames must hold, tried with the client that speaks it. */
export function testTransport(name: FrameTransport, WebSocket: SocketConstructor): void {
  const open = async (options: SignalingStubOptions = {}) => {
    const stub = await openSignalingStub(options);
    const url = transportUrl(stub.url, name);
    const join = (peer: string, more = {}) =>
      listen({ url, token: stub.token }, peer, { WebSocket, ...more });
    return { stub, url, join, [Symbol.asyncDispose]: () => stub.close() };
  };

  describe(`a stub reached by ${name}`, () => {
    test('joins peers, tells them of each other and relays', async () => {
      await using opened = await open();
      await using a = opened.join('a');
      await a.client.joined;
      await using b = opened.join('b');
      await a.until(({ rosters }) => rosters.length === 2);
      a.client.send('b', 'description', { type: 'offer', sdp: 'v=0\r\nü\n' });
      b.client.send('a', 'candidate', null);
      await Promise.all([a, b].map(({ until }) => until(({ messages }) => messages.length === 1)));
      expect(b.heard.rosters).toEqual([['a']]);
      expect(b.heard.messages).toMatchObject([
        { kind: 'description', from: 'a', payload: { type: 'offer', sdp: 'v=0\r\nü\n' } },
      ]);
      expect(a.heard.messages).toMatchObject([{ kind: 'candidate', from: 'b', payload: null }]);
    });

    test('refuses a wrong token for good', async () => {
      await using opened = await open();
      await using a = opened.join('a', { token: 'wrong' });
      await expect(a.client.joined).rejects.toMatchObject({ code: 'unauthorized', fatal: true });
      expect(opened.stub.health()).toMatchObject({ peers: 0, rooms: 0 });
    });

    test('brings a broadcast to everybody else, and only in the room', async () => {
      await using opened = await open();
      await using a = opened.join('a');
      await using b = opened.join('b');
      await using c = opened.join('c');
      await using stranger = opened.join('d', { room: 'other' });
      await Promise.all([a, b, c, stranger].map(({ client }) => client.joined));
      a.client.send(undefined, 'bye', { reason: 'all' });
      await Promise.all([b, c].map(({ until }) => until(({ messages }) => messages.length === 1)));
      stranger.client.send('a', 'bye', {});
      await stranger.until(({ errors }) => errors.length === 1);
      expect([a.heard.messages, stranger.heard.messages]).toEqual([[], []]);
    });

    test('keeps the order of each sender', async () => {
      await using opened = await open();
      await using to = opened.join('to');
      await to.client.joined;
      await using a = opened.join('a');
      await using b = opened.join('b');
      for (let count = 0; count < 200; count += 1) {
        for (const { client } of [a, b]) client.send('to', 'bye', { reason: String(count) });
      }
      await to.until(({ messages }) => messages.length === 400);
      const expected = Array.from({ length: 200 }, (_, count) => String(count));
      for (const peer of ['a', 'b']) {
        expect(reasons(to.heard.messages.filter(({ from }) => from === peer))).toEqual(expected);
      }
    });

    test('loses, doubles and reorders nothing over links that drop', async () => {
      await using opened = await open();
      const random = seededRandom(7);
      await using proxy = await CuttingProxy.open(opened.stub.port, () => 25_000 + random() * 25_000);
      const url = opened.url.replace(`:${opened.stub.port}`, `:${proxy.port}`);
      await using a = opened.join('a', { url });
      await using b = opened.join('b', { url });
      await Promise.all([a.client.joined, b.client.joined]);
      const numbers = Array.from({ length: 300 }, (_, count) => String(count).padStart(400, '0'));
      for (const reason of numbers) {
        a.client.send('b', 'bye', { reason });
        b.client.send('a', 'bye', { reason });
      }
      for (const peer of ['a', 'b']) opened.stub.disconnect('r', peer);
      await Promise.all([a, b].map(({ until }) => until(({ messages }) => messages.length >= 300)));
      expect([reasons(a.heard.messages), reasons(b.heard.messages)]).toEqual([numbers, numbers]);
      expect(proxy.cuts).toBeGreaterThan(0);
    });

    test('comes back by itself from a link that was cut', async () => {
      await using opened = await open();
      await using a = opened.join('a');
      await a.client.joined;
      opened.stub.disconnect('r', 'a');
      await a.until(({ states }) => states.length === 3);
      expect(a.heard.states).toEqual(['open', 'reconnecting', 'open']);
    });

    test('gives a place anew to its owner', async () => {
      await using opened = await open();
      const owner = 'o'.repeat(20);
      await using first = opened.join('a', { owner });
      await first.client.joined;
      await using second = opened.join('a', { owner });
      await second.client.joined;
      await first.until(({ errors }) => errors.length === 1);
      expect(first.heard.errors).toEqual(['replaced']);
    });

    test('keeps a bounded queue for who acknowledges nothing, and tells the senders', async () => {
      await using opened = await open({ limits: { queueLength: 8 } });
      await using slow = await RawSocket.join(new WebSocket(opened.url), opened.stub, 'slow');
      await using a = opened.join('a');
      await a.client.joined;
      for (let count = 0; count < 20; count += 1) a.client.send('slow', 'bye', {});
      await a.until(({ errors }) => errors.length > 0);
      expect(new Set(a.heard.errors)).toEqual(new Set(['queue-full']));
      // One more to tell everybody of: there is no place left for it, and that ends the slow one.
      await using b = opened.join('b');
      expect(await slow.closed).toBe(4414);
      await b.until(({ rosters }) => rosters.at(-1)?.join() === 'a');
    });

    test('answers a message above the limit, and reads on', async () => {
      await using opened = await open({ limits: { messageBytes: 2000 } });
      await using raw = await RawSocket.join(new WebSocket(opened.url), opened.stub, 'a');
      raw.send({ kind: 'bye', seq: 1, payload: { reason: 'x'.repeat(2500) } });
      expect(await raw.next('error')).toMatchObject({ code: 'message-too-large', seq: 1, fatal: false });
      raw.send({ kind: 'ping' });
      await raw.next('pong');
    });

    test('closes a link with a message too large to be read, and the peer is gone', async () => {
      await using opened = await open({ limits: { messageBytes: 40_000 } });
      await using raw = await RawSocket.join(new WebSocket(opened.url), opened.stub, 'a');
      raw.send({ kind: 'bye', seq: 1, payload: { reason: 'x'.repeat(300_000) } });
      expect(await raw.closed).toBe(1009);
      expect(opened.stub.health().peers).toBe(0);
    });

    test('has senders above the rate wait, and loses nothing', async () => {
      await using opened = await open({ limits: { burst: 10, messagesPerSecond: 200 } });
      await using b = opened.join('b');
      await b.client.joined;
      await using a = opened.join('a');
      await a.client.joined;
      const numbers = Array.from({ length: 40 }, (_, count) => String(count));
      for (const reason of numbers) a.client.send('b', 'bye', { reason });
      await b.until(({ messages }) => messages.length === 40);
      expect(reasons(b.heard.messages)).toEqual(numbers);
      expect(a.heard.errors).toContain('rate-limited');
    });

    test('gives up the place of who leaves, and delivers before', async () => {
      await using opened = await open();
      await using b = opened.join('b');
      await b.client.joined;
      const a = opened.join('a');
      a.client.send('b', 'bye', { reason: 'last' });
      await a.client.joined;
      await a.client.close();
      await b.until(({ rosters }) => rosters.at(-1)?.length === 0 && rosters.length > 1);
      expect(reasons(b.heard.messages)).toEqual(['last']);
      expect(opened.stub.health()).toMatchObject({ rooms: 1, peers: 1 });
    });

    test('ends every link when it closes', async () => {
      const opened = await open();
      await using raw = await RawSocket.join(new WebSocket(opened.url), opened.stub, 'a');
      await opened.stub.close();
      expect(await raw.closed).toBe(1001);
    });
  });
}

/** Frames by hand over any socket. */
class RawSocket implements AsyncDisposable {
  readonly closed: Promise<number>;
  readonly #socket: Socket;
  readonly #frames: ServerFrame[] = [];
  #wake = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.addEventListener('error', () => {});
    this.closed = new Promise((resolve) => socket.addEventListener('close', ({ code }) => resolve(code)));
    socket.addEventListener('message', ({ data }) => {
      this.#frames.push(JSON.parse(String(data)) as ServerFrame);
      this.#wake();
    });
  }

  static async join(socket: Socket, { token }: SignalingStub, peer: string): Promise<RawSocket> {
    const raw = new RawSocket(socket);
    await new Promise<void>((resolve) => socket.addEventListener('open', resolve));
    raw.send({ kind: 'join', room: 'r', peer, token });
    await raw.next('roster');
    return raw;
  }

  send(frame: object): void {
    this.#socket.send(JSON.stringify(frame));
  }

  /** The next frame of that kind; those before it are dropped. */
  async next(kind: ServerFrame['kind']): Promise<ServerFrame> {
    for (;;) {
      const at = this.#frames.findIndex((frame) => frame.kind === kind);
      const [found] = at < 0 ? [] : this.#frames.splice(0, at + 1).slice(-1);
      if (found) return found;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    await this.closed;
  }
}
