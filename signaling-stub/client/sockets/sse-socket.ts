import { CLOSE_ABNORMAL, SOCKET_CLOSED } from '../socket.ts';
import { FetchEventSource, type EventSourceLike } from './fetch-event-source.ts';
import { SocketEvents } from './socket-events.ts';
import { linkUrl, Uplink } from './uplink.ts';

type NewEventSource = new (url: string) => EventSourceLike;

/** HTTP with server-sent events: the runtime's own EventSource, or where there is none (Node 20) one of ours. */
export class SseSocket extends SocketEvents {
  static readonly scheme = 'http';
  readonly #abort = new AbortController();
  readonly #source: EventSourceLike;
  #uplink: Uplink | undefined;

  constructor(url: string) {
    super();
    const Source: NewEventSource = typeof EventSource === 'function' ? EventSource : FetchEventSource;
    this.#source = new Source(url);
    this.#source.addEventListener('link', ({ data }) => this.#open(linkUrl(url, String(data))));
    this.#source.addEventListener('message', ({ data }) => this.received(String(data)));
    this.#source.addEventListener('end', ({ data }) => {
      const { code, reason } = JSON.parse(String(data)) as { code: number; reason: string };
      this.#lose(reason, code);
    });
    // It would come back by itself, under a new link's id: that is the client's to do.
    this.#source.addEventListener('error', () => this.#lose('the event stream broke'));
  }

  send(data: string): void {
    this.#uplink?.send(data);
  }

  close(): void {
    if (this.readyState === SOCKET_CLOSED) return;
    this.#lose('');
  }

  #open(url: string): void {
    const { signal } = this.#abort;
    this.#uplink = new Uplink(url, { signal, onLost: (why, code) => this.#lose(why, code) });
    this.opened();
  }

  #lose(why: string, code = CLOSE_ABNORMAL): void {
    this.#abort.abort();
    this.#source.close();
    this.closed(code, why);
  }
}
