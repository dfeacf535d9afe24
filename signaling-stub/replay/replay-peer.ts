import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { ServerFrame } from '../protocol.ts';

/** A recorded peer, played: it sends what it is told to, acknowledges what comes, and never acts by itself. */
export class ReplayPeer {
  readonly #url: string;
  readonly #join: Record<string, unknown>;
  #socket: WebSocket | undefined;
  #key: string | undefined;
  #lastSeq = 0;

  constructor(url: string, join: { room: string; peer: string; token: string }) {
    this.#url = url;
    this.#join = { kind: 'join', ...join };
  }

  get isUp(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Takes its place, anew or again; resolves when the server has answered. */
  async join({ resume }: { resume: boolean }): Promise<void> {
    this.cut();
    if (!resume) this.#lastSeq = 0;
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.on('error', () => {});
    const closed = once(socket, 'close');
    await Promise.race([once(socket, 'open'), closed]);
    const answered = new Promise<void>((resolve) => {
      socket.on('message', (data: Buffer) => {
        this.#receive(JSON.parse(data.toString()) as ServerFrame);
        resolve();
      });
    });
    const again = resume ? { key: this.#key, lastSeq: this.#lastSeq } : {};
    this.send({ ...this.#join, ...again });
    await Promise.race([answered, closed]);
  }

  send(frame: object): void {
    if (this.isUp) this.#socket!.send(JSON.stringify(frame));
  }

  cut(): void {
    this.#socket?.terminate();
    this.#socket = undefined;
  }

  /** Resolves when its link is gone. */
  async gone(): Promise<void> {
    if (this.isUp) await once(this.#socket!, 'close');
  }

  #receive(frame: ServerFrame): void {
    if (frame.kind === 'welcome') this.#key = frame.key;
    if (!('seq' in frame) || frame.kind === 'ack' || frame.kind === 'error') return;
    this.#lastSeq = frame.seq ?? this.#lastSeq;
    this.send({ kind: 'ack', seq: this.#lastSeq });
  }
}
