import type { Payloads, RelayKind } from '../../../../signaling-stub/protocol.ts';

/** What is told to an adapter when it connects. */
export interface SignalingTarget {
  /** `--signaling-url`; without it that of the run's own signaling server. */
  url: string;
  /** The call: peers of the same call have the same, and nobody else has. */
  room: string;
  /** This peer's name: its role. */
  peer: string;
  /** Lets a peer into the run's own signaling server. */
  token: string;
  /** `--signaling-option key=value` */
  options: Readonly<Record<string, string>>;
}

/** What an adapter tells of what it hears. */
export interface SignalingListener {
  /** A message of another peer's. Who sent it, if the server does not say, is the only other peer there is. */
  message: <Kind extends RelayKind>(kind: Kind, payload: Payloads[Kind], from?: string) => void;
  /** The other peers in the room by name, after every change. Leave it out if the server does not say. */
  roster: (peers: string[]) => void;
  /** The connection is lost (`reconnecting`), or there again (`open`). */
  state: (state: 'open' | 'reconnecting', why: string) => void;
  /** What went wrong, for the report. */
  error: (error: Error) => void;
}

export interface ConnectedSignaling {
  /** To one other peer by name; servers that have no names send to everybody else in the room. */
  send: <Kind extends RelayKind>(kind: Kind, payload: Payloads[Kind], to: string) => void;
  close: () => void | Promise<void>;
}

/** How a page reaches a signaling server of the user's own. */
export interface SignalingAdapter {
  name: string;
  /** Runs in the page. Resolves when this peer is in the room. */
  connect: (target: SignalingTarget, listener: SignalingListener) => Promise<ConnectedSignaling>;
}

/** Types an adapter: `export default defineSignaling({ name: 'ours', async connect(target, listener) { … } })`. */
export function defineSignaling(adapter: SignalingAdapter): SignalingAdapter {
  return adapter;
}
