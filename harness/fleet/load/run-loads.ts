import { harnessNow } from '../../peer/clock.ts';
import type { PlannedLoad } from '../../load/load.ts';
import type { PlannedCall } from '../../plan/plan.ts';
import type { RunEvent } from '../../store/layout.ts';
import { playLoad } from './play-load.ts';
import { VuNumbers } from './vus.ts';

export interface RunLoadsOptions {
  loads: readonly PlannedLoad[];
  /** Makes a call, and records it; never rejects. The signal is aborted when it may go on no longer. */
  run: (call: PlannedCall, signal: AbortSignal) => Promise<void>;
  emit: (event: RunEvent) => void;
  /** Begins no call any more. */
  signal: AbortSignal;
}

/** Plays every load of a plan side by side; resolves when the last call is over. */
export async function runLoads({ loads, run, emit, signal }: RunLoadsOptions): Promise<void> {
  const numbers = new VuNumbers();
  const playable = loads.filter(({ cells }) => cells.length > 0);
  await Promise.all(
    playable.map((load) =>
      playLoad(load, {
        numbers,
        signal,
        iterate: (iteration) => run(callOf(load, iteration), iteration.signal),
        onVus: (vus) => emit({ t: harnessNow(), type: 'vus', load: load.name, vus }),
        onDropped: (count) => emit({ t: harnessNow(), type: 'dropped-iterations', load: load.name, count }),
      }),
    ),
  );
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
