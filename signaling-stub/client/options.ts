import type { SignalingMessage } from '../protocol.ts';
import type { Backoff } from './backoff.ts';
import { SignalingClientError } from './errors.ts';
import type { SocketConstructor } from './socket.ts';

/** `connecting` → `open` ⇄ `reconnecting`, and from each of them → `closed`, which is final. */
export type SignalingClientState = 'connecting' | 'open' | 'reconnecting' | 'closed';

export interface SignalingClientOptions {
  /** The stub's `url`, or what `transportUrl()` makes of it for the socket that is given. */
  url: string;
  token: string;
  room: string;
  /** This peer's name, unique in the room. */
  peer: string;
  /** Secret that outlives this client, 16 to 128 characters: a later one with it takes the place anew, at once. */
  owner?: string;
  /** What carries the frames. Default: the global one; Node 20 has none, give it that of `ws`, or one of `sockets/`. */
  WebSocket?: SocketConstructor;
  /** Messages to this peer, each once, in the order the server took them. */
  onMessage?: (message: SignalingMessage) => void;
  /** The other peers, in the order they came: once after joining and then after every change. */
  onRoster?: (peers: string[]) => void;
  onStateChange?: (state: SignalingClientState, why: string) => void;
  /** When `error.fatal`, the client has closed. */
  onError?: (error: SignalingClientError) => void;
  /** How long the first connection may take, all attempts together, ms. Default 30 000. */
  openTimeoutMs?: number;
  /** How long {@link SignalingClient.close} waits for what is still to be delivered, ms. Default 2000. */
  closeTimeoutMs?: number;
  backoff?: Backoff;
  /** Messages kept until the server has acknowledged them. Default 2048, and 16 MiB. */
  maxPending?: number;
  maxPendingBytes?: number;
  /** From 0 to 1; for the jitter of the backoff. */
  random?: () => number;
}

/** The URL, or a thrown {@link SignalingClientError} when no socket could ever be opened with it. */
export function parseUrl(url: string, { scheme = 'ws' }: Pick<SocketConstructor, 'scheme'>): string {
  const isSocketUrl = new RegExp(`^${scheme}s?://`).test(url) && isUrl(url);
  if (isSocketUrl) return url;
  throw new SignalingClientError(`url: expected ${scheme}://… or ${scheme}s://…, got ${url}`, {
    code: 'bad-url',
    fatal: true,
  });
}

/** `URL.canParse()` for browsers that have none yet, as Chrome 119. */
function isUrl(text: string): boolean {
  try {
    return new URL(text).href !== '';
  } catch {
    return false;
  }
}

/** The runtime's own WebSocket. */
export function globalSocket(): SocketConstructor {
  if (typeof WebSocket === 'function') return WebSocket;
  throw new SignalingClientError('this runtime has no global WebSocket', {
    code: 'bad-url',
    fatal: true,
    hint: 'give the option WebSocket: that of the package ws',
  });
}
