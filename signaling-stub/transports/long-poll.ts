import type { ServerResponse } from 'node:http';
import { HttpLink } from './http-link.ts';
import { HttpTransport } from './http-transport.ts';
import type { Transport, TransportOptions } from './transport.ts';

/** Small frames share an answer up to this length, characters. */
const BATCH_LENGTH = 16 * 1024;

/**
 * HTTP with long polling: frames come by POST and go down in the answer to a GET, which waits until there are some.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6202#section-2
 */
export function openLongPollTransport(options: TransportOptions): Transport {
  return new HttpTransport({ ...options, name: 'long-poll', newLink: (link) => new LongPollLink(link) });
}

class LongPollLink extends HttpLink {
  #waiting: ServerResponse | undefined;
  #queue: string[] = [];
  #queuedBytes = 0;
  #end: { code: number; reason: string } | undefined;
  #flushing = false;

  open(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(this.id);
  }

  get(response: ServerResponse): boolean {
    this.alive();
    // Who asks again has given the former request up.
    this.#waiting?.writeHead(204).end();
    this.#waiting = response;
    response.on('close', () => {
      if (this.#waiting !== response) return;
      this.#waiting = undefined;
      this.gone();
    });
    this.#answer();
    return true;
  }

  send(frame: string): void {
    if (this.#end || this.isGone) return;
    this.#queue.push(frame);
    this.#queuedBytes += Buffer.byteLength(frame);
    if (this.#queuedBytes > this.maxBufferedBytes) return this.terminate();
    this.#answerSoon();
  }

  close(code: number, reason: string): void {
    this.#end ??= { code, reason };
    this.#answerSoon();
  }

  /** An answer that is empty makes the client ask again, or be missed. */
  protected ask(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.writeHead(204).end();
  }

  protected cut(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.destroy();
  }

  /** What is sent in one go shares an answer. */
  #answerSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    setImmediate(() => {
      this.#flushing = false;
      this.#answer();
    });
  }

  #answer(): void {
    const waiting = this.#waiting;
    if (!waiting || (this.#queue.length === 0 && !this.#end)) return;
    this.#waiting = undefined;
    if (this.#queue.length > 0) {
      const body = this.#takeBatch();
      return void waiting.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(body);
    }
    waiting.on('close', () => this.gone());
    waiting.writeHead(410, { 'content-type': 'application/json' }).end(JSON.stringify(this.#end));
  }

  /** As much as one answer holds: a larger one would be lost whole with a link that drops. */
  #takeBatch(): string {
    let sizeBytes = 0;
    const batch: string[] = [];
    for (const frame of this.#queue) {
      if (batch.length > 0 && sizeBytes + frame.length > BATCH_LENGTH) break;
      sizeBytes += frame.length;
      this.#queuedBytes -= Buffer.byteLength(frame);
      batch.push(frame);
    }
    this.#queue = this.#queue.slice(batch.length);
    return batch.join('\n');
  }
}
