import { CLOSE_ABNORMAL, SOCKET_CLOSED } from '../socket.ts';
import { SocketEvents } from './socket-events.ts';
import { linkUrl, sayGone, Uplink } from './uplink.ts';

/** HTTP long polling: a GET that waits for frames, and again, and again. */
export class LongPollSocket extends SocketEvents {
  static readonly scheme = 'http';
  readonly #abort = new AbortController();
  #uplink: Uplink | undefined;
  #url: string | undefined;

  constructor(url: string) {
    super();
    void this.#run(url).catch((error: unknown) => {
      this.#lose(error instanceof Error ? error.message : String(error));
    });
  }

  send(data: string): void {
    this.#uplink?.send(data);
  }

  close(): void {
    if (this.readyState === SOCKET_CLOSED) return;
    this.#abort.abort();
    if (this.#url !== undefined) sayGone(this.#url);
    this.closed();
  }

  async #run(url: string): Promise<void> {
    const { signal } = this.#abort;
    const opened = await fetch(url, { signal });
    if (!opened.ok) return this.#lose(`the server answered ${opened.status}`);
    this.#url = linkUrl(url, await opened.text());
    this.#uplink = new Uplink(this.#url, { signal, onLost: (why, code) => this.#lose(why, code) });
    this.opened();
    while (this.readyState !== SOCKET_CLOSED) await this.#poll(this.#url, signal);
  }

  async #poll(url: string, signal: AbortSignal): Promise<void> {
    const response = await fetch(url, { signal });
    const text = await response.text();
    if (response.status === 410) {
      const { code, reason } = JSON.parse(text) as { code: number; reason: string };
      this.#lose(reason, code);
    } else if (!response.ok) this.#lose(`the server answered ${response.status}`);
    else if (response.status === 200) for (const frame of text.split('\n')) this.received(frame);
  }

  #lose(why: string, code = CLOSE_ABNORMAL): void {
    this.#abort.abort();
    this.closed(code, why);
  }
}
