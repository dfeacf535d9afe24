import { WebSocket } from 'ws';
import type { ErrorFrame, ServerFrame } from '../../signaling-stub/protocol.ts';
import type { SignalingStub } from '../../signaling-stub/server.ts';

type FrameOf<Kind extends ServerFrame['kind']> = Extract<ServerFrame, { kind: Kind }>;

/** Speaks the protocol by hand, so that it can break it. Frames are kept until somebody asks for them. */
export class RawClient implements AsyncDisposable {
  readonly frames: ServerFrame[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly #socket: WebSocket;
  readonly #opened: Promise<void>;
  #wake: () => void = () => {};
  #isClosed = false;

  constructor(url: string, options: { ca?: string } = {}) {
    this.#socket = new WebSocket(url, options);
    this.#opened = new Promise((resolve, reject) => {
      this.#socket.once('open', () => resolve());
      this.#socket.on('error', reject);
    });
    this.closed = new Promise((resolve) =>
      this.#socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() })),
    );
    this.#socket.once('close', () => {
      this.#isClosed = true;
      this.#wake();
    });
    this.#socket.on('message', (data: Buffer) => {
      this.frames.push(JSON.parse(data.toString()) as ServerFrame);
      this.#wake();
    });
  }

  static async open(url: string, options: { ca?: string } = {}): Promise<RawClient> {
    const client = new RawClient(url, options);
    await client.#opened;
    return client;
  }

  static async join(stub: SignalingStub, room: string, peer: string, extra: object = {}): Promise<RawClient> {
    const client = await RawClient.open(stub.url);
    client.send({ kind: 'join', room, peer, token: stub.token, ...extra });
    await client.next('welcome');
    await client.next('roster');
    return client;
  }

  send(frame: object): void {
    this.#socket.send(JSON.stringify(frame));
  }

  sendRaw(data: string | Buffer): void {
    this.#socket.send(data);
  }

  pause(): void {
    this.#socket.pause();
  }

  cut(): void {
    this.#socket.terminate();
  }

  /** Takes the next frame of that kind off the pile, waiting for it if need be. */
  async next<Kind extends ServerFrame['kind']>(kind: Kind): Promise<FrameOf<Kind>> {
    for (;;) {
      const index = this.frames.findIndex((frame) => frame.kind === kind);
      const [found] = index < 0 ? [] : this.frames.splice(index, 1);
      if (found) return found as FrameOf<Kind>;
      if (this.#isClosed) throw new Error(`closed before a frame of kind ${kind} came`);
      const wakeOthers = this.#wake;
      await new Promise<void>((resolve) => {
        this.#wake = () => {
          this.#wake = () => {};
          wakeOthers();
          resolve();
        };
      });
    }
  }

  nextError(): Promise<ErrorFrame> {
    return this.next('error');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await this.closed;
  }
}

export const OFFER = { type: 'offer', sdp: 'v=0\r\n' } as const;

export function description(seq: number, to?: string): object {
  return { kind: 'description', seq, payload: OFFER, ...(to === undefined ? {} : { to }) };
}

export function bye(seq: number, to?: string, reason = ''): object {
  return { kind: 'bye', seq, payload: { reason }, ...(to === undefined ? {} : { to }) };
}
