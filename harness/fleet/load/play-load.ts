import type {
  PlannedConstantRate,
  PlannedConstantVus,
  PlannedIterations,
  PlannedLoad,
  PlannedRampingRate,
  PlannedRampingVus,
} from '../../load/load.ts';
import { arrivals, lengthOf, vuSteps } from '../../load/timeline.ts';
import { LoadClock } from './load-clock.ts';
import { Interruption, Vu, type Iterate, type VuNumbers } from './vus.ts';

export interface PlayLoadOptions {
  numbers: VuNumbers;
  iterate: Iterate;
  /**
   * Stops it: no call begins any more. Those under way are cut off if an `Interruption` is the reason; else they have
   * `gracefulStop`.
   */
  signal: AbortSignal;
  /** Told of iterations that were due and could not begin, k6's `dropped_iterations`. */
  onDropped?: (count: number) => void;
  /** Told of how many VUs there are whenever that changes. */
  onVus?: (vus: number) => void;
}

/**
 * Begins the calls of a load when they are due, and resolves when the last is over. When the load's time is up no call
 * begins; those under way may go on for `gracefulStop` and are interrupted then.
 *
 * @see https://grafana.com/docs/k6/latest/using-k6/scenarios/concepts/graceful-stop/
 */
export async function playLoad(load: PlannedLoad, options: PlayLoadOptions): Promise<void> {
  const before = new LoadClock();
  await before.until(load.startTimeMs, options.signal);
  if (options.signal.aborted) return;
  const player = new LoadPlayer(load, options);
  await player.play();
}

/** Of a VU that comes and goes. */
interface Seat {
  vu: Vu;
  /** Its calls, one after another, while it is wanted. */
  loop: Promise<void> | undefined;
  /** Aborted when it is wanted: nobody takes it back then. */
  takenBack: AbortController;
}

class LoadPlayer {
  #load: PlannedLoad;
  #options: PlayLoadOptions;
  #clock = new LoadClock();
  #vus: Vu[] = [];
  #iteration = 0;
  /** Aborted when no call may begin any more: the load's time is up, or the run is stopped. */
  #over = new AbortController();

  constructor(load: PlannedLoad, options: PlayLoadOptions) {
    this.#load = load;
    this.#options = options;
  }

  async play(): Promise<void> {
    const load = this.#load;
    const { signal } = this.#options;
    const stop = () => {
      this.#over.abort();
      if (signal.reason instanceof Interruption) this.#interruptAll(signal.reason.message);
    };
    signal.addEventListener('abort', stop, { once: true });
    const timeIsUp = this.#clock.until(lengthOf(load), this.#over.signal).then(stop);
    switch (load.executor) {
      case 'shared-iterations':
      case 'per-vu-iterations':
        await this.#until(timeIsUp, this.#iterations(load));
        break;
      case 'constant-vus':
        await this.#until(timeIsUp, this.#constantVus(load));
        break;
      case 'ramping-vus':
        await this.#until(timeIsUp, this.#rampingVus(load));
        break;
      case 'constant-arrival-rate':
      case 'ramping-arrival-rate':
        await this.#until(timeIsUp, this.#arrivals(load));
        break;
    }
    stop();
    signal.removeEventListener('abort', stop);
    this.#options.onVus?.(0);
  }

  /** The work ends by itself when its time is up, but for calls under way: these have `gracefulStop`. */
  async #until(timeIsUp: Promise<void>, work: Promise<void>): Promise<void> {
    const done = new AbortController();
    const finished = work.finally(() => done.abort());
    await Promise.race([timeIsUp, finished]);
    const { gracefulStopMs } = this.#load;
    await this.#clock.until(this.#clock.elapsedMs + gracefulStopMs, done.signal);
    if (!done.signal.aborted) this.#interruptAll(`gracefulStop of ${gracefulStopMs} ms is over`);
    await finished;
  }

  #interruptAll(why: string): void {
    for (const vu of this.#vus) vu.interrupt(why);
  }

  #newVu(): Vu {
    const vu = new Vu(this.#options.numbers.next(), this.#options.iterate);
    this.#vus.push(vu);
    return vu;
  }

  async #iterations(load: PlannedIterations): Promise<void> {
    const isShared = load.executor === 'shared-iterations';
    const planned = isShared ? load.iterations : load.iterations * load.vus;
    this.#options.onVus?.(load.vus);
    const vus = Array.from({ length: load.vus }, async () => {
      const vu = this.#newVu();
      for (let own = 0; !this.#over.signal.aborted; own++) {
        if (isShared ? this.#iteration >= planned : own >= load.iterations) return;
        await vu.call(this.#iteration++);
      }
    });
    await Promise.all(vus);
    // Those that the time was too short for; not those that nobody wanted any more.
    const left = planned - this.#iteration;
    if (left > 0 && !this.#options.signal.aborted) this.#options.onDropped?.(left);
  }

  async #constantVus({ vus }: PlannedConstantVus): Promise<void> {
    this.#options.onVus?.(vus);
    await Promise.all(Array.from({ length: vus }, () => this.#loop(this.#newVu(), () => true)));
  }

  async #loop(vu: Vu, isWanted: () => boolean): Promise<void> {
    while (!this.#over.signal.aborted && isWanted()) await vu.call(this.#iteration++);
  }

  /** The VUs are in a row: the first so many are wanted. */
  async #rampingVus(load: PlannedRampingVus): Promise<void> {
    const seats: Seat[] = [];
    let wanted = 0;
    const hold = async (index: number) => {
      const seat = seats[index]!;
      await this.#loop(seat.vu, () => index < wanted);
      seat.loop = undefined;
    };
    for (const { atMs, vus } of vuSteps(load)) {
      await this.#clock.until(atMs, this.#over.signal);
      if (this.#over.signal.aborted) break;
      wanted = vus;
      this.#options.onVus?.(vus);
      while (seats.length < wanted) {
        seats.push({ vu: this.#newVu(), loop: undefined, takenBack: new AbortController() });
      }
      for (const [index, seat] of seats.entries()) {
        if (index < wanted) {
          seat.takenBack.abort();
          seat.loop ??= hold(index);
        } else if (seat.takenBack.signal.aborted) this.#takeBack(seat, load.gracefulRampDownMs);
      }
    }
    await this.#clock.until(lengthOf(load), this.#over.signal);
    await Promise.all(seats.map(({ vu }) => vu.idle));
    for (const { takenBack } of seats) takenBack.abort();
  }

  /** Its call may go on for a while, unless the VU is wanted again. */
  #takeBack(seat: Seat, graceMs: number): void {
    seat.takenBack = new AbortController();
    const { signal } = seat.takenBack;
    void this.#clock.until(this.#clock.elapsedMs + graceMs, signal).then(() => {
      if (!signal.aborted) seat.vu.interrupt(`gracefulRampDown of ${graceMs} ms is over`);
    });
  }

  /** Whoever is free takes the next call. Nobody free, and no more VUs to be had: it is dropped, not late. */
  async #arrivals(load: PlannedConstantRate | PlannedRampingRate): Promise<void> {
    while (this.#vus.length < load.preAllocatedVus) this.#newVu();
    this.#options.onVus?.(this.#vus.length);
    for (const atMs of arrivals(load)) {
      await this.#clock.until(atMs, this.#over.signal);
      if (this.#over.signal.aborted) break;
      const vu = this.#vus.find(({ isBusy }) => !isBusy) ?? this.#oneMore(load.maxVus);
      if (vu) void vu.call(this.#iteration++);
      else this.#options.onDropped?.(1);
    }
    await this.#clock.until(lengthOf(load), this.#over.signal);
    await Promise.all(this.#vus.map(({ idle }) => idle));
  }

  #oneMore(maxVus: number): Vu | undefined {
    if (this.#vus.length >= maxVus) return undefined;
    const vu = this.#newVu();
    this.#options.onVus?.(this.#vus.length);
    return vu;
  }
}
