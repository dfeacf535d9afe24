import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Socket, SocketConstructor } from '../../signaling-stub/client/socket.ts';
import { LongPollSocket } from '../../signaling-stub/client/sockets/long-poll-socket.ts';
import { SocketIoSocket } from '../../signaling-stub/client/sockets/socketio-socket.ts';
import { SseSocket } from '../../signaling-stub/client/sockets/sse-socket.ts';
import { transportUrl, type FrameTransport } from '../../signaling-stub/protocol.ts';
import { openSignalingStub, type SignalingStub } from '../../signaling-stub/server.ts';
import { listen, reasons } from '../signaling-stub/client/joined.ts';
import { seededRandom } from '../signaling-stub/random.ts';
import { HostileFrames } from './hostile-frames.ts';

const FRAMES = 100_000;
/** Attackers at a time, and what each sends before the next one comes. */
const ATTACKERS = 8;
const FRAMES_EACH = 500;
const MESSAGE_BYTES = 4096;
const WATCHED = 'watched';
/** Over what the heap holds after a tenth of the attack: a leak of 1 kB a frame would be thrice that. */
const LEAK_BYTES = 30 * 1024 * 1024;

const TRANSPORTS: readonly (readonly [FrameTransport, SocketConstructor])[] = [
  ['ws', WebSocket],
  ['socketio', SocketIoSocket],
  ['sse', SseSocket],
  ['long-poll', LongPollSocket],
];

interface Attack {
  stub: SignalingStub;
  url: string;
  Socket: SocketConstructor;
  random: () => number;
}

/** Every second one has the run's token and has joined a room of its own; the others have none, or a wrong one. */
async function attack({ stub, url, Socket, random }: Attack, number: number): Promise<number> {
  const frames = new HostileFrames({
    random,
    room: WATCHED,
    peers: ['w1', 'w2'],
    messageBytes: MESSAGE_BYTES,
  });
  const socket = new Socket(url);
  const closed = new Promise<void>((resolve) => socket.addEventListener('close', () => resolve()));
  const opened = new Promise<void>((resolve) => socket.addEventListener('open', resolve));
  socket.addEventListener('error', () => {});
  await Promise.race([opened, closed]);
  const isInsider = number % 2 === 0;
  const token = isInsider ? stub.token : 'wrong'.repeat(number % 3);
  socket.send(JSON.stringify({ kind: 'join', room: isInsider ? 'den' : WATCHED, peer: `x${number}`, token }));
  const count = isInsider ? FRAMES_EACH : FRAMES_EACH / 10;
  const answered = isInsider ? nextPong(socket) : closed;
  for (let index = 0; index < count; index++) socket.send(frames.next());
  if (isInsider) socket.send('{"kind":"ping"}');
  await Promise.race([answered, closed]);
  socket.close();
  await closed;
  return count;
}

function nextPong(socket: Socket): Promise<void> {
  return new Promise((resolve) =>
    socket.addEventListener('message', ({ data }) => {
      if (data === '{"kind":"pong"}') resolve();
    }),
  );
}

function usedHeap(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

const tcpSockets = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;

test.for(TRANSPORTS)(
  'the stub takes 100,000 hostile frames over %s: no crash, no leak, no stranger let in or written to',
  async ([transport, Socket]) => {
    const socketsBefore = tcpSockets();
    {
      const limits = { messageBytes: MESSAGE_BYTES, messagesPerSecond: 1_000_000, burst: 1_000_000 };
      await using stub = await openSignalingStub({ limits, resumeGraceMs: 100 });
      const url = transportUrl(stub.url, transport);
      const join = (peer: string, room: string) =>
        listen({ url, token: stub.token }, peer, { WebSocket: Socket, room });
      await using w1 = join('w1', WATCHED);
      await w1.client.joined;
      await using w2 = join('w2', WATCHED);
      await w1.until(({ rosters }) => rosters.length === 2);
      const random = seededRandom(4);
      let sent = 0;
      let number = 0;
      let heapEarly: number | undefined;
      while (sent < FRAMES) {
        const wave = Array.from({ length: ATTACKERS }, () => attack({ stub, url, Socket, random }, number++));
        for (const count of await Promise.all(wave)) sent += count;
        if (sent > FRAMES / 10) heapEarly ??= usedHeap();
      }
      expect(w1.heard).toEqual({ messages: [], rosters: [[], ['w2']], states: ['open'], errors: [] });
      expect(w2.heard).toEqual({ messages: [], rosters: [['w1']], states: ['open'], errors: [] });
      await expect.poll(() => stub.health(), { timeout: 30_000 }).toMatchObject({ rooms: 1, peers: 2 });
      expect(usedHeap() - heapEarly!).toBeLessThan(LEAK_BYTES);
      await using a = join('a', 'after');
      await a.client.joined;
      await using b = join('b', 'after');
      await a.until(({ rosters }) => rosters.at(-1)?.[0] === 'b');
      const names = Array.from({ length: 100 }, (_, index) => `${index}`);
      for (const reason of names) a.client.send('b', 'bye', { reason });
      await b.until(({ messages }) => messages.length === names.length);
      expect(reasons(b.heard.messages)).toEqual(names);
    }
    // Requests keep their sockets for some seconds.
    await expect.poll(tcpSockets, { timeout: 30_000 }).toBeLessThanOrEqual(socketsBefore);
  },
);
