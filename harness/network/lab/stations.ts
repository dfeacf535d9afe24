import type { Keeper } from './keeper.ts';
import { Station } from './station.ts';

/** The stations of one generation of namespaces, each opened when it is asked for first. */
export class Stations {
  readonly #keeper: Keeper;
  readonly #signal: AbortSignal | undefined;
  readonly #open = new Map<string, Promise<Station>>();

  constructor(keeper: Keeper, signal: AbortSignal | undefined) {
    this.#keeper = keeper;
    this.#signal = signal;
  }

  in(namespace: string): Promise<Station> {
    const known = this.#open.get(namespace);
    if (known) return known;
    const station = openStation(this.#keeper, namespace, this.#signal);
    station.catch(() => this.#open.delete(namespace));
    this.#open.set(namespace, station);
    return station;
  }

  /** Ends all of them; others can be opened after that. */
  async close(): Promise<void> {
    const stations = await Promise.allSettled(this.#open.values());
    this.#open.clear();
    const opened = stations.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    await Promise.all(opened.map((station) => station[Symbol.asyncDispose]()));
  }
}

export function openStation(
  keeper: Keeper,
  namespace: string,
  signal: AbortSignal | undefined,
): Promise<Station> {
  return Station.open({ name: namespace, enter: keeper.enter(namespace), ...(signal && { signal }) });
}
