import type { Payloads, RelayedMessage, RelayKind } from '../../../../signaling-stub/protocol.ts';
import type { ConnectedSignaling, SignalingAdapter } from './define-signaling.ts';
import type { OpenSession, SessionArg, SessionEvents, SessionState, SignalingSession } from './session.ts';

/** A session over the user's own signaling. */
export function adapted(adapter: SignalingAdapter): OpenSession {
  return (arg, events) => new AdaptedSession(adapter, arg, events);
}

class AdaptedSession implements SignalingSession {
  readonly joined: Promise<void>;
  state: SessionState = 'connecting';
  readonly #events: SessionEvents;
  readonly #connected: Promise<ConnectedSignaling>;
  #connection: ConnectedSignaling | undefined;
  /** Whom this peer has to do with, where the server does not say who sent a message. */
  #other: string | undefined;
  readonly #unsent: (() => void)[] = [];
  readonly #unheard: ((from: string) => void)[] = [];

  constructor(adapter: SignalingAdapter, { owner: _owner, ...target }: SessionArg, events: SessionEvents) {
    this.#events = events;
    const { room, peer: to } = target;
    const hear = (kind: RelayKind, payload: unknown, from: string) => {
      this.#other ??= from;
      events.onMessage({ kind, payload, room, from, to } as RelayedMessage);
    };
    this.#connected = adapter.connect(target, {
      message: (kind, payload, from = this.#other) => {
        if (from !== undefined) hear(kind, payload, from);
        else this.#unheard.push((other) => hear(kind, payload, other));
      },
      roster: (peers) => {
        if (peers.length === 1) this.#know(peers[0]!);
        events.onRoster(peers);
      },
      state: (state, why) => this.#setState(state, why),
      error: ({ message }) => events.onError({ code: adapter.name, message }),
    });
    this.joined = this.#connected.then((connection) => {
      this.#connection = connection;
      this.#setState('open', 'joined');
      for (const send of this.#unsent.splice(0)) send();
    });
    this.joined.catch(() => {});
  }

  expect(other: string): void {
    this.#know(other);
  }

  send<Kind extends RelayKind>(to: string, kind: Kind, payload: Payloads[Kind]): boolean {
    if (this.state === 'closed') return false;
    this.#know(to);
    const send = () => this.#connection?.send(kind, payload, to);
    if (this.#connection) send();
    else this.#unsent.push(send);
    return true;
  }

  async close(): Promise<void> {
    if (this.state === 'closed') return;
    this.#setState('closed', 'left');
    const connection = await this.#connected.catch(() => undefined);
    await connection?.close();
  }

  #know(other: string): void {
    this.#other ??= other;
    for (const hear of this.#unheard.splice(0)) hear(this.#other);
  }

  #setState(state: SessionState, why: string): void {
    if (this.state === state || this.state === 'closed') return;
    this.state = state;
    this.#events.onStateChange(state, why);
  }
}
