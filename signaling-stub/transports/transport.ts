import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** One client's link to the stub, whatever carries it. Frames are text and arrive whole and in order. */
export interface Connection {
  /** What the client gave with its opening request; `undefined` when it gave none. */
  readonly token: string | undefined;
  /** `127.0.0.1:54321`, for the trace. */
  readonly remote: string;
  /** Hands a frame over. Does nothing once the link is closing. */
  send(frame: string): void;
  /** Ends the link after what was sent before. The code is the protocol's. */
  close(code: number, reason: string): void;
  /** Cuts the link at once, as a broken network would. */
  terminate(): void;
}

/** What the stub wants to hear of a connection. */
export interface ConnectionHandlers {
  frame(text: string, sizeBytes: number): void;
  /** A frame that no one could read: binary, or larger than the transport reads. */
  unreadable(why: 'binary' | 'too-large', sizeBytes: number | undefined): void;
  /** The link is gone; called once, and nothing after it. */
  closed(): void;
}

export interface TransportOptions {
  /** Where it is on the stub's server: what its clients ask for begins with it. */
  path: string;
  /** Called for every new connection, before its first frame. */
  accept(connection: Connection): ConnectionHandlers;
  /** Largest frame that is read at all, bytes: above the protocol's limit, so that the error can be answered. */
  maxFrameBytes: number;
  /** Most bytes waiting in a link to a reader that does not read; more and the link is cut. */
  maxBufferedBytes: number;
  /** How long the body of a request may take to come, ms. */
  bodyTimeoutMs: number;
  /** Of offers by WHIP and WHEP. */
  offers?: Partial<OfferTimes>;
  /** How often a link is probed, ms. Two probes unanswered and it is cut. */
  heartbeatMs: number;
}

/** How long an offer by WHIP or WHEP, and what comes of it, may take. */
export interface OfferTimes {
  /** Until the answer, ms. Default 30 000. */
  answerMs: number;
  /** From the answer to the answerer's last candidate, ms. Default 3000: what comes later the offerer never gets to know. */
  gatherMs: number;
  /**
   * From the last request to the end of the session, ms. Default a day. A client need not ask anything during a call, and
   * that it is gone is seen by consent freshness (RFC 9725 §4.2, RFC 7675), where the media are: at the answerer. This is
   * for one that never says so.
   */
  idleMs: number;
}

/** A way to reach the stub. Finding dead links is the transport's duty, each has its own means. */
export interface Transport extends AsyncDisposable {
  readonly name: string;
  /** How many links are open. */
  readonly connections: number;
  /** Answers a request if it is for this transport; whether it is. */
  request?(request: IncomingMessage, response: ServerResponse): boolean;
  /** The same for a request to upgrade (RFC 9110 §7.8). */
  upgrade?(request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  /** Takes no new link, ends the open ones, resolves when all are gone. Idempotent. */
  close(): Promise<void>;
}

/** The path of a request, without its query. */
export function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '';
}

/** What the client gave of the run's token: as a query parameter, or as a bearer (RFC 6750 §2). */
export function tokenOf({ url = '', headers }: IncomingMessage): string | undefined {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  return bearer ?? new URLSearchParams(url.split('?', 2)[1]).get('token') ?? undefined;
}

/** `127.0.0.1:54321` */
export function remoteOf({ socket }: IncomingMessage): string {
  return `${socket.remoteAddress}:${socket.remotePort}`;
}

/** Probes a link may leave unanswered. Two, not one: after a stall of this process answers wait unread behind the timer. */
export const MISSED_PROBES = 2;
/** How long clients are given to take their leave when a transport closes, ms. */
export const CLOSE_TIMEOUT_MS = 1000;
