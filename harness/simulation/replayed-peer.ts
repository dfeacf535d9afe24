import { WebSocket } from 'ws';
import { now } from '../peer/agent/clock.ts';
import { AGENT_PROTOCOL, type FromAgent, type ToAgent } from '../peer/protocol.ts';
import type { SharedReplay } from './shared-replay.ts';

export interface ReplayedPeerOptions {
  /** Its control channel's. */
  url: string;
  replay: SharedReplay;
  /** Told with each sample how late its timer was. */
  onLate: (lateMs: number) => void;
}

/** A peer that does nothing but send what another one sent, on a grid of its own, and answer pings. */
export class ReplayedPeer {
  /** Resolves when its channel is open. */
  readonly opened: Promise<void>;
  readonly #options: ReplayedPeerOptions;
  readonly #socket: WebSocket;
  #timer: NodeJS.Timeout | undefined;
  sent = 0;

  constructor(options: ReplayedPeerOptions) {
    this.#options = options;
    const socket = new WebSocket(options.url, { perMessageDeflate: false });
    this.#socket = socket;
    this.opened = new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.once('open', () => {
        this.#tell({
          type: 'hello',
          protocol: AGENT_PROTOCOL,
          userAgent: 'callrig replay',
          secureContext: true,
          peerConnection: true,
        });
        resolve();
      });
    });
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as ToAgent;
      if (message.type === 'ping') this.#tell({ type: 'pong', id: message.id, t: now() });
    });
    socket.on('close', () => this.stop());
  }

  /** Sends a sample each interval from now on, the first after a while. */
  start(intervalMs: number, afterMs: number): void {
    this.#schedule(performance.now() + afterMs, intervalMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #schedule(due: number, intervalMs: number): void {
    this.#timer = setTimeout(
      () => {
        const lateMs = Math.max(0, performance.now() - due);
        this.#options.onLate(lateMs);
        this.#socket.send(this.#options.replay.message(this.sent++, now(), lateMs));
        this.#schedule(due + intervalMs, intervalMs);
      },
      Math.max(0, due - performance.now()),
    );
  }

  #tell(message: FromAgent): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }
}
