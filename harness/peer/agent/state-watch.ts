import type { AwaitedState } from '../peer.ts';

/**
 * What a connection's states come to, and since when.
 *
 * | awaited | `connectionState` | | `iceConnectionState` |
 * |---|---|---|---|
 * | `connected` | `connected` | and | `connected` or `completed` |
 * | `disconnected` | `disconnected` or `failed` | or | `disconnected` or `failed` |
 * | `failed` | `failed` | or | `failed` |
 */
export class StateWatch {
  #states: Record<string, string> = {};
  #sinceMs = new Map<AwaitedState, number>();
  #waiting: { state: AwaitedState; resolve: (t: number) => void }[] = [];

  note(what: string, value: string, t: number): void {
    this.#states[what] = value;
    for (const state of ['connected', 'disconnected', 'failed'] as const) {
      if (!this.is(state)) this.#sinceMs.delete(state);
      else if (!this.#sinceMs.has(state)) this.#sinceMs.set(state, t);
    }
    const due = this.#waiting.filter(({ state }) => this.is(state));
    this.#waiting = this.#waiting.filter(({ state }) => !this.is(state));
    for (const { state, resolve } of due) resolve(this.#sinceMs.get(state)!);
  }

  is(state: AwaitedState): boolean {
    const { connectionState: whole, iceConnectionState: ice } = this.#states;
    if (state === 'connected') return whole === 'connected' && (ice === 'connected' || ice === 'completed');
    const isFailed = whole === 'failed' || ice === 'failed';
    return isFailed || (state === 'disconnected' && (whole === 'disconnected' || ice === 'disconnected'));
  }

  /** Resolves with the moment since when it is so: now, or as soon as it comes to it. */
  until(state: AwaitedState): Promise<number> {
    const sinceMs = this.#sinceMs.get(state);
    if (sinceMs !== undefined) return Promise.resolve(sinceMs);
    return new Promise((resolve) => this.#waiting.push({ state, resolve }));
  }
}
