import type { ControlServer } from './control-server.ts';
import type { BrowserPlace } from './host.ts';

/** Serves the run's pages and control channels on the own loopback of places, where pages are a secure context. */
export class PlaceOrigins {
  #server: ControlServer;
  #origins = new Map<string, Promise<string>>();

  constructor(server: ControlServer) {
    this.#server = server;
  }

  /** The run's origin as it is reached from inside. */
  in(place: BrowserPlace): Promise<string> {
    const known = this.#origins.get(place.name);
    if (known) return known;
    const opening = place.listen().then((listener) => {
      const close = () => {
        listener.server.close();
        this.#origins.delete(place.name);
      };
      place.gone.addEventListener('abort', close, { once: true });
      return this.#server.attach(listener);
    });
    this.#origins.set(place.name, opening);
    opening.catch(() => this.#origins.delete(place.name));
    return opening;
  }
}
