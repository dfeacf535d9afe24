import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { CLOSE_TOO_BIG } from '../protocol.ts';
import { MISSED_PROBES, type Connection, type ConnectionHandlers } from './transport.ts';

export interface HttpLinkOptions {
  token: string | undefined;
  remote: string;
  maxBufferedBytes: number;
  /** Told once, when the link is no more. */
  onGone: (link: HttpLink) => void;
}

/** One client of a transport that sends by POST: how frames go down to it is what such transports differ in. */
export abstract class HttpLink implements Connection {
  /** Secret: whoever knows it sends as this client. */
  readonly id = randomBytes(18).toString('base64url');
  readonly token: string | undefined;
  readonly remote: string;
  protected readonly maxBufferedBytes: number;
  readonly #onGone: (link: HttpLink) => void;
  #handlers: ConnectionHandlers | undefined;
  #missed = 0;
  #isGone = false;

  constructor({ token, remote, maxBufferedBytes, onGone }: HttpLinkOptions) {
    this.token = token;
    this.remote = remote;
    this.maxBufferedBytes = maxBufferedBytes;
    this.#onGone = onGone;
  }

  abstract send(frame: string): void;
  abstract close(code: number, reason: string): void;
  /** Lets go of the response, so that the client finds itself cut off. */
  protected abstract cut(): void;
  /** Answers the request that opened the link. */
  abstract open(response: ServerResponse): void;
  /** A later GET of the client's; false if there is nothing to get. */
  abstract get(response: ServerResponse): boolean;
  /** Makes the client show that it is there. */
  protected abstract ask(): void;

  serve(handlers: ConnectionHandlers): void {
    this.#handlers = handlers;
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /** Frames that came, one a line. */
  receive(text: string, maxFrameBytes: number): void {
    this.alive();
    for (const frame of text.split('\n')) {
      if (frame === '' || this.#isGone) continue;
      const sizeBytes = Buffer.byteLength(frame);
      if (sizeBytes > maxFrameBytes) return this.refuseSize(sizeBytes);
      this.#handlers?.frame(frame, sizeBytes);
    }
  }

  /** Something that is no text. */
  refuseBinary(): void {
    this.#handlers?.unreadable('binary', undefined);
  }

  /** Too large even to be answered. */
  refuseSize(sizeBytes: number | undefined): void {
    this.close(CLOSE_TOO_BIG, 'the message is too large to be read');
    this.#handlers?.unreadable('too-large', sizeBytes);
  }

  alive(): void {
    this.#missed = 0;
  }

  probe(): void {
    if (this.#missed >= MISSED_PROBES) return this.terminate();
    this.#missed += 1;
    this.ask();
  }

  terminate(): void {
    this.cut();
    this.gone();
  }

  /** The client is not there any more. */
  protected gone(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#onGone(this);
    this.#handlers?.closed();
  }
}
