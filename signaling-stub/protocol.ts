/**
 * The message model that every transport carries: one JSON object per frame, told apart by `kind`.
 *
 * Both directions number what must not be lost (`seq`, from 1, without gaps). The receiver acknowledges by
 * number, the sender keeps a frame until then and sends it again after a reconnect; a number seen before is ignored.
 */

/** `sdp` may be absent in a rollback only. @see https://www.w3.org/TR/webrtc/#dom-rtcsessiondescriptioninit */
export interface DescriptionPayload {
  type: 'offer' | 'answer' | 'pranswer' | 'rollback';
  sdp?: string;
  /** The sender's own name for it: one that comes twice is handled once. Of no meaning to the server. */
  id?: string;
}

/** `null` is the end of candidates (RFC 8838 §13). @see https://www.w3.org/TR/webrtc/#dom-rtcicecandidateinit */
export type CandidatePayload = RTCIceCandidateInit | null;

export interface ByePayload {
  reason?: string;
}

export interface Payloads {
  description: DescriptionPayload;
  candidate: CandidatePayload;
  bye: ByePayload;
}

/** The kinds that travel from peer to peer. */
export type RelayKind = keyof Payloads;
export const RELAY_KINDS: readonly RelayKind[] = ['description', 'candidate', 'bye'];

/** Takes a place in a room, or takes it again after a dropped socket (same `key`). */
export interface JoinFrame {
  kind: 'join';
  room: string;
  peer: string;
  /** Needed unless it was given as a query parameter. */
  token?: string;
  /** The session's secret: whoever joins again with it resumes. The server makes one when it is absent. */
  key?: string;
  /**
   * The secret of whoever the place belongs to, whatever the session: who joins with it and another key takes the
   * place anew, as a page does that was loaded again. Without it a name is taken until its session has ended.
   */
  owner?: string;
  /** Highest `seq` seen from the server; absent as long as no welcome arrived. */
  lastSeq?: number;
}

/** Gives the place in the room up. */
export interface LeaveFrame {
  kind: 'leave';
}

/** Says that every frame up to `seq` has arrived. */
export interface AckFrame {
  kind: 'ack';
  seq: number;
}

export interface PingFrame {
  kind: 'ping';
}

export interface PongFrame {
  kind: 'pong';
}

/** What a peer sends to one other peer, or without `to` to everybody else in its room. */
export type SendFrame = {
  [Kind in RelayKind]: {
    kind: Kind;
    /** Counts this peer's sends. */
    seq: number;
    to?: string;
    /** Which of the peer's connections it belongs to, when there are several. */
    connection?: string;
    payload: Payloads[Kind];
  };
}[RelayKind];

export type ClientFrame = JoinFrame | LeaveFrame | AckFrame | PingFrame | SendFrame;

/** A message on its way between two peers, after the server has said who sent it. */
export type RelayedMessage = {
  [Kind in RelayKind]: {
    kind: Kind;
    room: string;
    from: string;
    /** Absent in a broadcast. */
    to?: string;
    connection?: string;
    payload: Payloads[Kind];
  };
}[RelayKind];

/** A message as its recipient gets it; `seq` counts what the server sent to this recipient. */
export type SignalingMessage = RelayedMessage & { seq: number };

/** The place in the room is taken. What was missed follows, in order. */
export interface WelcomeFrame {
  kind: 'welcome';
  room: string;
  peer: string;
  key: string;
  resumed: boolean;
  /** Highest `seq` of the client's that the server has dealt with: the client sends again what comes after. */
  lastSeq: number;
  heartbeatMs: number;
  resumeGraceMs: number;
  messageBytes: number;
}

/** The other peers of the room in the order they came. The first numbered frame of every session. */
export interface RosterFrame {
  kind: 'roster';
  seq: number;
  room: string;
  peers: string[];
}

export interface PeerJoinedFrame {
  kind: 'peer-joined';
  seq: number;
  room: string;
  peer: string;
}

/** `left`: on its own; `lost`: did not come back in time; `removed`: never acknowledged what it was sent. */
export type LeaveReason = 'left' | 'lost' | 'removed' | 'replaced';

export interface PeerLeftFrame {
  kind: 'peer-left';
  seq: number;
  room: string;
  peer: string;
  reason: LeaveReason;
}

export interface ErrorFrame {
  kind: 'error';
  code: ErrorCode;
  /** One sentence. */
  message: string;
  /** What the reader can do. */
  hint?: string;
  /** The client's frame it is about. It counts as dealt with, except when `code` is `rate-limited`. */
  seq?: number;
  /** Only with `rate-limited`: send again from `seq` on after this time. */
  retryAfterMs?: number;
  /** The connection is closed right after, and trying again will not help. */
  fatal: boolean;
}

export type ServerFrame =
  | WelcomeFrame
  | RosterFrame
  | PeerJoinedFrame
  | PeerLeftFrame
  | SignalingMessage
  | AckFrame
  | ErrorFrame
  | PongFrame;

/**
 * What can go wrong, with the WebSocket close code used when it ends the connection (4000–4999 are the
 * application's, RFC 6455 §7.4.2; chosen to rhyme with HTTP).
 */
export const ERROR_CLOSE_CODES = {
  'bad-message': 4400,
  unauthorized: 4401,
  'not-joined': 4403,
  'unknown-recipient': 4404,
  'join-timeout': 4408,
  'name-taken': 4409,
  /** Another socket resumed this session. */
  replaced: 4410,
  /** The session is over, or was never here. */
  'resume-unknown': 4412,
  'message-too-large': 4413,
  'queue-full': 4414,
  'rate-limited': 4429,
  'room-limit': 4430,
  'peer-limit': 4431,
} as const;

export type ErrorCode = keyof typeof ERROR_CLOSE_CODES;

/** Closed because the peer left. */
export const CLOSE_NORMAL = 1000;
/** The server ends; it may come back. */
export const CLOSE_GOING_AWAY = 1001;
/** A frame too large even to be answered (RFC 6455 §7.4.1). */
export const CLOSE_TOO_BIG = 1009;

export const DEFAULT_PATH = '/signaling';

/** What carries the frames: WebSocket, Socket.IO, HTTP with server-sent events, HTTP with long polling. */
export type FrameTransport = 'ws' | 'socketio' | 'sse' | 'long-poll';
export const FRAME_TRANSPORTS: readonly FrameTransport[] = ['ws', 'socketio', 'sse', 'long-poll'];

/** The parts of WebRTC-HTTP ingestion and egress: an offerer that speaks HTTP and no frames. */
export type HttpOfferTransport = 'whip' | 'whep';

/** Every way to reach the stub, by its name. */
export type SignalingName = FrameTransport | HttpOfferTransport;
export const SIGNALING_NAMES: readonly SignalingName[] = [...FRAME_TRANSPORTS, 'whip', 'whep'];

/** Where a transport is on the stub's server; WebSocket is at the path itself. */
export function transportPath(path: string, transport: SignalingName): string {
  return transport === 'ws' ? path : `${path}/${transport}`;
}

/** The address a client of that transport needs, from the stub's own, which is WebSocket's. */
export function transportUrl(url: string, transport: SignalingName): string {
  if (transport === 'ws') return url;
  const [base = '', query] = url.replace(/^ws/, 'http').split('?', 2);
  return transportPath(base, transport) + (query === undefined ? '' : `?${query}`);
}
export const DEFAULT_MESSAGE_BYTES = 256 * 1024;
