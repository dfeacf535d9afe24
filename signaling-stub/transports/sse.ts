import type { ServerResponse } from 'node:http';
import { HttpLink } from './http-link.ts';
import { HttpTransport } from './http-transport.ts';
import type { Transport, TransportOptions } from './transport.ts';

/**
 * HTTP with server-sent events: frames come by POST and go down in one response that does not end. Its first event,
 * `link`, is the id to send with; `end` says why the link is closed.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function openSseTransport(options: TransportOptions): Transport {
  return new HttpTransport({ ...options, name: 'sse', newLink: (link) => new SseLink(link) });
}

class SseLink extends HttpLink {
  #response: ServerResponse | undefined;
  #ended = false;

  open(response: ServerResponse): void {
    this.#response = response;
    response.writeHead(200, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
    response.on('close', () => this.gone());
    response.write(`event: link\ndata: ${this.id}\n\n`);
  }

  get(): boolean {
    return false;
  }

  send(frame: string): void {
    if (this.#ended || this.isGone || !this.#response) return;
    if (this.#response.writableLength > this.maxBufferedBytes) return this.terminate();
    this.#response.write(`data: ${frame}\n\n`);
  }

  close(code: number, reason: string): void {
    if (this.#ended || this.isGone) return;
    this.#ended = true;
    this.#response?.end(`event: end\ndata: ${JSON.stringify({ code, reason })}\n\n`);
  }

  /** A comment keeps middleboxes from closing the response. The client shows itself by its own pings. */
  protected ask(): void {
    if (!this.#ended) this.#response?.write(':\n\n');
  }

  protected cut(): void {
    this.#response?.destroy();
  }
}
