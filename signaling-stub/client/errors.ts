import type { ErrorCode, ErrorFrame } from '../protocol.ts';

/** The server's codes, and what only the client can tell. */
export type ClientErrorCode =
  | ErrorCode
  /** No connection for longer than it waits: the server is gone, or has given the place away. */
  | 'connection-lost'
  /** More unacknowledged messages than are kept. */
  | 'send-buffer-full'
  /** Closed before it had joined. */
  | 'closed'
  /** The address is not a WebSocket URL. */
  | 'bad-url'
  /** There is none in this runtime and none was given. */
  | 'no-websocket';

/** What the signaling server answered or the client found out. */
export class SignalingClientError extends Error {
  readonly code: ClientErrorCode;
  /** What the reader can do. */
  readonly hint: string | undefined;
  /** The client has closed and does not come back. */
  readonly fatal: boolean;
  /** The number of the message it is about. */
  readonly seq: number | undefined;

  constructor(
    message: string,
    options: { code: ClientErrorCode; fatal: boolean; hint?: string; seq?: number },
  ) {
    super(message);
    this.name = 'SignalingClientError';
    this.code = options.code;
    this.hint = options.hint;
    this.fatal = options.fatal;
    this.seq = options.seq;
  }
}

export function errorOf({ code, message, hint, seq, fatal }: ErrorFrame): SignalingClientError {
  return new SignalingClientError(message, {
    code,
    fatal,
    ...(hint === undefined ? {} : { hint }),
    ...(seq === undefined ? {} : { seq }),
  });
}
