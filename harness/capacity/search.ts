/**
 * What a level of so many calls at the same time came to.
 *
 * `held`: it met every threshold. `broke`: it did not. `saturated`: this machine could not make the load, so that nothing
 * is known of the service. `unknown`: it could not be judged for another reason.
 */
export type LevelOutcome = 'held' | 'broke' | 'saturated' | 'unknown';

export interface TriedLevel {
  /** Calls at the same time. */
  vus: number;
  outcome: LevelOutcome;
}

export interface Capacity<Level extends TriedLevel = TriedLevel> {
  /** In the order they were tried. */
  levels: Level[];
  /** The largest that held every time it was tried; 0 if none did. */
  holds: number;
  /** The smallest that broke. Absent if none did. */
  breaksAt?: number;
  /**
   * What kept it from being larger. `service`: a level broke. `machine`: this one could not make more. `end`: it was not
   * asked for more. `unknown`: a level could not be judged.
   */
  limitedBy: 'service' | 'machine' | 'end' | 'unknown';
}

export interface SearchOptions<Level extends TriedLevel> {
  /** The first level, from 1 on. */
  start: number;
  /** The largest that is tried. */
  max: number;
  tryLevel: (vus: number) => Promise<Level>;
}

/**
 * Finds how many calls hold: doubles until a level does not, and halves the distance then. A level is tried once, but for
 * the one that is found, which must hold a second time: else the search goes on below it.
 *
 * Rejects with what `tryLevel` rejects with.
 */
export async function searchCapacity<Level extends TriedLevel>(
  options: SearchOptions<Level>,
): Promise<Capacity<Level>> {
  const search = new Search(options);
  await search.ramp();
  while (search.isBetween || !(await search.isConfirmed())) await search.halve();
  return search.found;
}

class Search<Level extends TriedLevel> {
  #options: SearchOptions<Level>;
  #levels: Level[] = [];
  #holds = 0;
  /** The smallest level that did not hold. */
  #ends: Level | undefined;
  #confirmed = 0;

  constructor(options: SearchOptions<Level>) {
    this.#options = options;
  }

  get found(): Capacity<Level> {
    const breaks = this.#levels.filter(({ outcome }) => outcome === 'broke').map(({ vus }) => vus);
    return {
      levels: this.#levels,
      holds: this.#holds,
      ...(breaks.length > 0 && { breaksAt: Math.min(...breaks) }),
      limitedBy: this.#limitedBy,
    };
  }

  get #limitedBy(): Capacity['limitedBy'] {
    if (!this.#ends) return 'end';
    return ({ broke: 'service', saturated: 'machine', unknown: 'unknown', held: 'end' } as const)[
      this.#ends.outcome
    ];
  }

  /** Whether there are levels left between the one that holds and the one that does not. */
  get isBetween(): boolean {
    return this.#ends !== undefined && this.#ends.vus - this.#holds > 1;
  }

  async ramp(): Promise<void> {
    const { start, max } = this.#options;
    for (let vus = Math.min(start, max); ; vus = Math.min(vus * 2, max)) {
      await this.#try(vus);
      if (this.#ends || vus === max) return;
    }
  }

  async halve(): Promise<void> {
    if (this.#ends && this.isBetween) await this.#try(Math.floor((this.#holds + this.#ends.vus) / 2));
  }

  /** Tries the level that was found once more; below it the search begins anew if it does not hold. */
  async isConfirmed(): Promise<boolean> {
    if (this.#holds === 0 || this.#confirmed === this.#holds) return true;
    const level = await this.#options.tryLevel(this.#holds);
    this.#levels.push(level);
    if (level.outcome === 'held') {
      this.#confirmed = this.#holds;
      return true;
    }
    this.#ends = level;
    this.#holds = Math.max(
      0,
      ...this.#levels
        .filter(({ outcome, vus }) => outcome === 'held' && vus < level.vus)
        .map(({ vus }) => vus),
    );
    return false;
  }

  async #try(vus: number): Promise<void> {
    const level = await this.#options.tryLevel(vus);
    this.#levels.push(level);
    if (level.outcome === 'held') this.#holds = Math.max(this.#holds, vus);
    else this.#ends = level;
  }
}
