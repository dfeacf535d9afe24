/** What is used of a WebSocket: the browser's own, Node's, or that of `ws`. */
export interface Socket {
  readonly readyState: number;
  send(data: string): void;
  close(code?: number, reason?: string): void;
  /** Only `ws` has it: cuts the connection without the closing handshake, which may never be answered. */
  terminate?(): void;
  addEventListener(type: 'open' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { code: number; reason: string }) => void): void;
}

/** A way to carry frames: the WebSocket there is, or one of `sockets/`. */
export interface SocketConstructor {
  new (url: string): Socket;
  /** What its addresses begin with, `s` for TLS apart. Default `ws`. */
  readonly scheme?: 'ws' | 'http';
}

/** `WebSocket.OPEN`. */
export const SOCKET_OPEN = 1;
/** `WebSocket.CLOSED`. */
export const SOCKET_CLOSED = 3;
/** What WebSocket says of a link that was lost (RFC 6455 §7.4.1). */
export const CLOSE_ABNORMAL = 1006;
