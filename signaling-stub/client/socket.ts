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

export type SocketConstructor = new (url: string) => Socket;

/** `WebSocket.OPEN`. */
export const SOCKET_OPEN = 1;
