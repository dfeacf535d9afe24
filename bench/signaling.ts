import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { type Figure, median } from './runs.ts';

const PROGRAM = fileURLToPath(new URL('./relay-program.ts', import.meta.url));
const ROUNDS = 5;
const ROOMS = 20;
/** Of each of two peers in each room, a round. */
const MESSAGES = 1500;
/** Most on their way from one peer. */
const WINDOW = 64;
const PACED_MESSAGES = 2000;
const PACED_INTERVAL_MS = 2;

/** Twenty-two messages, as of one side of a call: a description, and candidates. */
const PAYLOADS = [
  { kind: 'description', payload: { type: 'offer', sdp: 'a=rtpmap:96 VP8/90000\r\n'.repeat(120) } },
  ...Array.from({ length: 21 }, (_, index) => ({
    kind: 'candidate',
    payload: {
      candidate: `candidate:${index} 1 udp 2122260223 192.0.2.1 ${50_000 + index} typ host generation 0 ufrag Ab+/ network-id 1`,
      sdpMid: '0',
      sdpMLineIndex: 0,
      usernameFragment: 'Ab+/',
    },
  })),
];

/** What relaying costs and how long it takes, against a relay that only relays. */
export async function benchSignaling(): Promise<Figure[]> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    theirs.push(await cpuPerMessage('bare'));
    ours.push(await cpuPerMessage('ours'));
  }
  const delays = (await pacedDelaysMs()).toSorted((a, b) => a - b);
  const at = (share: number) => delays[Math.floor(delays.length * share)]!;
  return [
    {
      name: 'CPU of the signaling stub per message, against a bare ws relay',
      value: median(ours) / median(theirs),
      unit: '×',
      // 0.85 times as many messages per CPU-second.
      limit: 1 / 0.85,
      from: `medians of ${ROUNDS}: ${median(ours).toFixed(1)} µs against ${median(theirs).toFixed(1)} µs`,
    },
    {
      name: 'relay latency, p99 against p50',
      value: at(0.99) / at(0.5),
      unit: '×',
      limit: 5,
      from: `${delays.length} messages: p50 ${at(0.5).toFixed(2)} ms, p99 ${at(0.99).toFixed(2)} ms`,
    },
  ];
}

async function cpuPerMessage(which: 'bare' | 'ours'): Promise<number> {
  await using server = await openServer(which);
  const pairs = await Promise.all(
    Array.from({ length: ROOMS }, (_, room) => openPair(server.url, `${room}`)),
  );
  // Once for the compiler.
  await Promise.all(pairs.map(([a, b]) => exchange(a, b, MESSAGES / 5)));
  const before = await server.cpuMicroseconds();
  await Promise.all(pairs.map(([a, b]) => exchange(a, b, MESSAGES)));
  const used = (await server.cpuMicroseconds()) - before;
  for (const pair of pairs) for (const peer of pair) peer.close();
  return used / (ROOMS * 2 * MESSAGES);
}

async function pacedDelaysMs(): Promise<number[]> {
  await using server = await openServer('ours');
  const [a, b] = await openPair(server.url, 'paced');
  const delays: number[] = [];
  const sentMs: number[] = [];
  b.onMessage = () => delays.push(performance.now() - sentMs[delays.length]!);
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      if (delays.length >= PACED_MESSAGES) return resolve(clearInterval(timer));
      if (sentMs.length >= PACED_MESSAGES) return;
      sentMs.push(performance.now());
      a.send();
    }, PACED_INTERVAL_MS);
  });
  for (const peer of [a, b]) peer.close();
  return delays;
}

/** Both send so many, and have what the other sent. */
async function exchange(a: Peer, b: Peer, count: number): Promise<void> {
  await Promise.all([stream(a, b, count), stream(b, a, count)]);
}

function stream(from: Peer, to: Peer, count: number): Promise<void> {
  return new Promise((resolve) => {
    let sent = Math.min(WINDOW, count);
    let received = 0;
    to.onMessage = () => {
      received += 1;
      if (sent < count) sent += from.send();
      if (received === count) resolve();
    };
    for (let index = 0; index < sent; index++) from.send();
  });
}

/** A client that does no more than it must: it numbers, and acknowledges every 32nd as ours does. */
class Peer {
  onMessage = () => {};
  readonly #socket: WebSocket;
  readonly #to: string;
  #sent = 0;
  #unacknowledged = 0;

  constructor(socket: WebSocket, to: string) {
    this.#socket = socket;
    this.#to = to;
    socket.on('message', (data: Buffer) => this.#receive(data.toString()));
  }

  send(): 1 {
    this.#sent += 1;
    const content = PAYLOADS[this.#sent % PAYLOADS.length]!;
    this.#socket.send(JSON.stringify({ ...content, seq: this.#sent, to: this.#to }));
    return 1;
  }

  close(): void {
    this.#socket.terminate();
  }

  #receive(text: string): void {
    if (text.includes('"payload"')) this.onMessage();
    // Only ours numbers what it sends on; a bare relay hands on the sender's own number, and takes no acknowledgement.
    const seq = /^\{"seq":(\d+)/.exec(text)?.[1];
    this.#unacknowledged += seq === undefined ? 0 : 1;
    if (this.#unacknowledged < 32) return;
    this.#unacknowledged = 0;
    this.#socket.send(`{"kind":"ack","seq":${seq}}`);
  }
}

async function openPair(url: string, room: string): Promise<[Peer, Peer]> {
  return [await openPeer(url, room, 'a', 'b'), await openPeer(url, room, 'b', 'a')];
}

async function openPeer(url: string, room: string, peer: string, to: string): Promise<Peer> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await once(socket, 'open');
  socket.send(JSON.stringify({ kind: 'join', room, peer }));
  await once(socket, 'message');
  return new Peer(socket, to);
}

interface Server extends AsyncDisposable {
  url: string;
  cpuMicroseconds(): Promise<number>;
}

async function openServer(which: 'bare' | 'ours'): Promise<Server> {
  const child: ChildProcess = fork(PROGRAM, [which], { execArgv: ['--import', 'tsx'] });
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  return {
    url,
    cpuMicroseconds: async () => {
      child.send('cpu');
      const [{ cpuMicroseconds }] = (await once(child, 'message')) as [{ cpuMicroseconds: number }];
      return cpuMicroseconds;
    },
    [Symbol.asyncDispose]: async () => {
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}
