type Listener = (event: { data?: unknown }) => void;

/** What is used of an EventSource. */
export interface EventSourceLike {
  addEventListener(type: string, listener: Listener): void;
  close(): void;
}

/**
 * An EventSource over `fetch`, for runtimes that have none. It does not come back by itself: `error` is its end.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export class FetchEventSource implements EventSourceLike {
  readonly #listeners = new Map<string, Listener[]>();
  readonly #abort = new AbortController();

  constructor(url: string) {
    void this.#read(url)
      .catch(() => {})
      .then(() => this.#tell('error', {}));
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  close(): void {
    this.#abort.abort();
  }

  async #read(url: string): Promise<void> {
    const headers = { accept: 'text/event-stream' };
    const { body, ok } = await fetch(url, { headers, signal: this.#abort.signal });
    if (!ok || !body) return;
    let rest = '';
    const decoder = new TextDecoder();
    for await (const chunk of body) {
      const events = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
      rest = events.pop() ?? '';
      for (const event of events) this.#dispatch(event);
    }
  }

  #dispatch(event: string): void {
    let type = 'message';
    const data: string[] = [];
    for (const line of event.split('\n')) {
      const [, field, value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
      if (field === 'event') type = value;
      if (field === 'data') data.push(value);
    }
    if (data.length > 0) this.#tell(type, { data: data.join('\n') });
  }

  #tell(type: string, event: { data?: unknown }): void {
    if (this.#abort.signal.aborted) return;
    for (const listener of this.#listeners.get(type) ?? []) listener(event);
  }
}
