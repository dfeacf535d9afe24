import type { Payloads, RelayedMessage, RelayKind } from '../../../../signaling-stub/protocol.ts';

/** What a peer's signaling needs to know of where it is to go. */
export interface SessionArg {
  /** The stub's own address, which is WebSocket's; or that of the user's server. */
  url: string;
  token: string;
  room: string;
  /** This peer's name in the room. */
  peer: string;
  /** Secret of this peer's place in the room: who has it may take the place anew. */
  owner: string;
  /** Of the user's own signaling. */
  options: Readonly<Record<string, string>>;
}

export type SessionState = 'connecting' | 'open' | 'reconnecting' | 'closed';

export interface SessionEvents {
  onMessage: (message: RelayedMessage) => void;
  /** The other peers of the room, after every change. Never told by signaling that does not know. */
  onRoster: (peers: string[]) => void;
  onStateChange: (state: SessionState, why: string) => void;
  /** With `to`, what was to reach that peer cannot: there is no use in waiting for an answer. */
  onError: (error: { code: string; message: string; to?: string }) => void;
}

/** A peer's place in a room, whatever carries its messages. */
export interface SignalingSession {
  /** Rejects if the place cannot be taken. */
  readonly joined: Promise<void>;
  readonly state: SessionState;
  /** A call of that peer's is to come: who sent a message is clear then, even if the server does not say. */
  expect?(other: string): void;
  /** False if it is too late to send. */
  send<Kind extends RelayKind>(to: string, kind: Kind, payload: Payloads[Kind]): boolean;
  /** Delivers what is still to be sent, and leaves. Idempotent. */
  close(): Promise<void>;
}

export type OpenSession = (arg: SessionArg, events: SessionEvents) => SignalingSession;
