import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';

const PROGRAM = fileURLToPath(new URL('./relay-program.ts', import.meta.url));

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

/** A client that does no more than it must: it writes messages as ours does, numbers them, and acknowledges every 32nd. */
export class Peer {
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

  send(): void {
    this.#sent += 1;
    const { kind, payload } = PAYLOADS[this.#sent % PAYLOADS.length]!;
    this.#socket.send(JSON.stringify({ seq: this.#sent, kind, to: this.#to, payload }));
  }

  close(): void {
    this.#socket.terminate();
  }

  #receive(text: string): void {
    if (text.includes('"payload"')) this.onMessage();
    // Only ours says who sent it; a bare relay hands on the sender's own text, and takes no acknowledgement.
    const seq = /^\{"seq":(\d+),(?="room"|"kind":"p)/.exec(text)?.[1];
    this.#unacknowledged += seq === undefined ? 0 : 1;
    if (this.#unacknowledged < 32) return;
    this.#unacknowledged = 0;
    this.#socket.send(`{"kind":"ack","seq":${seq}}`);
  }
}

/** Both send so many, at most `window` on their way, and have what the other sent. */
export async function exchange(
  [a, b]: readonly [Peer, Peer],
  { count, window }: { count: number; window: number },
): Promise<void> {
  await Promise.all([stream(a, b, count, window), stream(b, a, count, window)]);
}

function stream(from: Peer, to: Peer, count: number, window: number): Promise<void> {
  return new Promise((resolve) => {
    let sent = Math.min(window, count);
    let received = 0;
    to.onMessage = () => {
      received += 1;
      if (sent < count) {
        sent += 1;
        from.send();
      }
      if (received === count) resolve();
    };
    for (let index = 0; index < sent; index++) from.send();
  });
}

/** A relay in a process of its own. */
export interface Relay extends AsyncDisposable {
  openPair(room: string): Promise<[Peer, Peer]>;
  /** User and system, since its start. */
  cpuMicroseconds(): Promise<number>;
}

export async function openRelay(which: 'bare' | 'ours'): Promise<Relay> {
  const child: ChildProcess = fork(PROGRAM, [which], { execArgv: ['--import', 'tsx'] });
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  const peers: Peer[] = [];
  return {
    openPair: async (room) => {
      const pair: [Peer, Peer] = [await openPeer(url, room, 'a', 'b'), await openPeer(url, room, 'b', 'a')];
      peers.push(...pair);
      return pair;
    },
    cpuMicroseconds: async () => {
      child.send('cpu');
      const [{ cpuMicroseconds }] = (await once(child, 'message')) as [{ cpuMicroseconds: number }];
      return cpuMicroseconds;
    },
    [Symbol.asyncDispose]: async () => {
      for (const peer of peers) peer.close();
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}

async function openPeer(url: string, room: string, peer: string, to: string): Promise<Peer> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await once(socket, 'open');
  socket.send(JSON.stringify({ kind: 'join', room, peer }));
  await once(socket, 'message');
  return new Peer(socket, to);
}
