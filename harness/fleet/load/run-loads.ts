import { Follower } from '../../lifecycle/follow.ts';
import { harnessNow } from '../../peer/clock.ts';
import type { PlannedLoad } from '../../load/load.ts';
import { mostVus } from '../../load/timeline.ts';
import type { PlannedCall } from '../../plan/plan.ts';
import type { RunEvent } from '../../store/layout.ts';
import { playLoad } from './play-load.ts';
import { VuNumbers, type Iteration } from './vus.ts';

/** What a call of a background load is told beside what every call is. */
export interface Background {
  /** Its hold lasts until this is aborted. */
  until: AbortSignal;
  /** It holds now. */
  onHold: () => void;
}

export interface RunLoadsOptions {
  loads: readonly PlannedLoad[];
  /** Makes a call, and records it; never rejects. The signal is aborted when it may go on no longer. */
  run: (call: PlannedCall, signal: AbortSignal, background?: Background) => Promise<void>;
  emit: (event: RunEvent) => void;
  /** Begins no call any more. */
  signal: AbortSignal;
}

/**
 * Plays every load of a plan side by side; resolves when the last call is over. Those in the background come first, and
 * the others when all of their VUs hold a call, or could not.
 */
export async function runLoads({ loads, run, emit, signal }: RunLoadsOptions): Promise<void> {
  const numbers = new VuNumbers();
  const playable = loads.filter(({ cells }) => cells.length > 0);
  const play = (load: PlannedLoad, stop: AbortSignal, iterate: (iteration: Iteration) => Promise<void>) =>
    playLoad(load, {
      numbers,
      signal: stop,
      iterate,
      onVus: (vus) => emit({ t: harnessNow(), type: 'vus', load: load.name, vus }),
      onDropped: (count) => emit({ t: harnessNow(), type: 'dropped-iterations', load: load.name, count }),
    });
  const over = new AbortController();
  using stop = new Follower([signal, over.signal]);
  const until = stop.signal;
  const behind = playable
    .filter(({ background }) => background)
    .map((load) => {
      const ready = new Countdown(mostVus(load));
      const iterate = async (iteration: Iteration) => {
        const onHold = () => ready.count(iteration.vu);
        await run(callOf(load, iteration), iteration.signal, { until, onHold });
        ready.count(iteration.vu);
      };
      const played = play(load, until, iterate);
      return { played, ready: Promise.race([ready.over, played]) };
    });
  await Promise.all(behind.map(({ ready }) => ready));
  await Promise.all(
    playable
      .filter(({ background }) => !background)
      .map((load) => play(load, signal, (iteration) => run(callOf(load, iteration), iteration.signal))),
  );
  over.abort();
  await Promise.all(behind.map(({ played }) => played));
}

/** Over when so many have been counted, each once. */
class Countdown {
  readonly over: Promise<void>;
  #counted = new Set<number>();
  #wanted: number;
  #resolve: () => void = () => {};

  constructor(wanted: number) {
    this.#wanted = wanted;
    this.over = new Promise((resolve) => (this.#resolve = resolve));
  }

  count(which: number): void {
    this.#counted.add(which);
    if (this.#counted.size >= this.#wanted) this.#resolve();
  }
}

/** Cells are taken in turn. */
function callOf(
  { name, cells }: PlannedLoad,
  { vu, iteration }: { vu: number; iteration: number },
): PlannedCall {
  const cell = cells[iteration % cells.length]!;
  const number = String(iteration + 1).padStart(5, '0');
  return { id: `${name}-${number}-${cell.replaceAll(/[:/]/g, '-')}`, cell, vu, iteration, load: name };
}
