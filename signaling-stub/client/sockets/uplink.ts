import { CLOSE_TOO_BIG } from '../../protocol.ts';
import { CLOSE_ABNORMAL } from '../socket.ts';

/** Small frames share a request up to this length, characters: a large one would be lost whole with a link that drops. */
const BATCH_LENGTH = 16 * 1024;
/** How long the way down is given to say why the link is closed, after the way up has found it closed, ms. */
const REASON_MS = 500;

type OnLost = (why: string, code: number) => void;

/** Sends frames by POST, one a line, one request after the other: so they arrive in order. */
export class Uplink {
  readonly #url: string;
  readonly #signal: AbortSignal;
  readonly #onLost: OnLost;
  #queue: string[] = [];
  #isSending = false;

  /** `onLost` is told when a request is not taken: nothing is sent after it. */
  constructor(url: string, { signal, onLost }: { signal: AbortSignal; onLost: OnLost }) {
    this.#url = url;
    this.#signal = signal;
    this.#onLost = onLost;
  }

  send(frame: string): void {
    this.#queue.push(frame);
    if (this.#isSending) return;
    this.#isSending = true;
    // What is sent in one go shares a request.
    queueMicrotask(() => void this.#sendAll());
  }

  async #sendAll(): Promise<void> {
    while (this.#queue.length > 0 && !this.#signal.aborted) {
      if (!(await this.#post(this.#takeBatch()))) return;
    }
    this.#isSending = false;
  }

  /** Whether it was taken. */
  async #post(body: string): Promise<boolean> {
    try {
      // `text/plain` needs no preflight on a page of another origin.
      const headers = { 'content-type': 'text/plain;charset=UTF-8' };
      const response = await fetch(this.#url, { method: 'POST', body, headers, signal: this.#signal });
      await response.arrayBuffer();
      if (response.ok) return true;
      const why = `the server answered ${response.status} to what was sent`;
      if (response.status === 413) this.#onLost(why, CLOSE_TOO_BIG);
      else setTimeout(() => this.#onLost(why, CLOSE_ABNORMAL), REASON_MS);
    } catch (error) {
      this.#onLost(error instanceof Error ? error.message : String(error), CLOSE_ABNORMAL);
    }
    return false;
  }

  #takeBatch(): string {
    let length = 0;
    const more = this.#queue.findIndex((frame, index) => {
      length += frame.length + 1;
      return index > 0 && length > BATCH_LENGTH;
    });
    return this.#queue.splice(0, more < 0 ? this.#queue.length : more).join('\n');
  }
}

/** `PATH/ID`, of the address that the link was opened at. */
export function linkUrl(url: string, id: string): string {
  const link = new URL(url);
  link.pathname += `/${encodeURIComponent(id)}`;
  link.search = '';
  return link.href;
}

/** Takes leave, also of a page that is going away. */
export function sayGone(url: string): void {
  void fetch(url, { method: 'DELETE', keepalive: true }).catch(() => {});
}
