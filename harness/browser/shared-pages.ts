import type { AgentSeat } from '../peer/control-server.ts';
import type { OpenPage, PageListeners } from './attached-browser.ts';
import type { Running } from './running-browsers.ts';

interface SharedPage {
  opening: Promise<OpenPage>;
  /** Of every peer in it. */
  listeners: Set<PageListeners>;
}

/**
 * One page in each process, in which all its peers live. It is opened for the first of them and closed with the last;
 * what it logs, and its end, concern them all.
 */
export class SharedPages {
  #pages = new Map<Running, SharedPage>();

  /** Seats an agent in the process's page. What is returned is the peer's part of it: `close` leaves the others alone. */
  async enter(running: Running, seat: AgentSeat, listeners: PageListeners): Promise<OpenPage> {
    const known = this.#pages.get(running);
    const shared = known ?? this.#open(running, seat);
    shared.listeners.add(listeners);
    const leave = async () => {
      shared.listeners.delete(listeners);
      if (shared.listeners.size === 0) await this.#close(running, shared);
    };
    try {
      const page = await shared.opening;
      if (known) await page.seat(seat.control);
      // Impairing it, loading it again or driving it would do so to all its peers.
      const { impair: _, ...others } = page;
      return { ...others, close: leave };
    } catch (error) {
      await leave();
      throw error;
    }
  }

  #open(running: Running, { url }: AgentSeat): SharedPage {
    const listeners = new Set<PageListeners>();
    const tell = {
      onConsole: (entry) => listeners.forEach((each) => each.onConsole(entry)),
      onGone: (reason) => {
        if (this.#pages.get(running) === shared) this.#pages.delete(running);
        listeners.forEach((each) => each.onGone(reason));
      },
    } satisfies PageListeners;
    const shared = { opening: running.attached.openPage(url, tell, { asTab: true }), listeners };
    this.#pages.set(running, shared);
    return shared;
  }

  async #close(running: Running, shared: SharedPage): Promise<void> {
    if (this.#pages.get(running) === shared) this.#pages.delete(running);
    // One that never opened needs no closing.
    const page = await shared.opening.catch(() => undefined);
    await page?.close();
  }
}
