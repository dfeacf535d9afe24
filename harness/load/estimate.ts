import { renderDuration } from '../units.ts';
import { describeLoad } from './describe.ts';
import type { PlannedLoad } from './load.ts';
import { arrivals } from './timeline.ts';

/** More calls than this are not looked at one by one: the share of them is as good. */
const MOST_ARRIVALS = 200_000;

/** What a rate asks for, and what it gets at best. */
export interface RateEstimate {
  /** So many calls are under way at the same time if none is dropped. */
  neededVus: number;
  /** Share of the calls that no VU is free for, 0 to 1. */
  droppedRatio: number;
}

/**
 * What becomes of an arrival rate if each call takes exactly as long as it is held: what it takes beside that comes on top,
 * so that at least as many VUs are needed and at least as many calls are dropped. `undefined` if there are VUs enough, and
 * for loads whose calls wait for VUs.
 *
 * @param holdMs how long a call is held, ms
 */
export function estimateRate(load: PlannedLoad, holdMs: number): RateEstimate | undefined {
  if (!('maxVus' in load) || holdMs <= 0) return undefined;
  const needed = simulate(load, holdMs, Infinity);
  if (needed.mostVus <= load.maxVus) return undefined;
  const { begun, dropped } = simulate(load, holdMs, load.maxVus);
  return { neededVus: needed.mostVus, droppedRatio: dropped / (begun + dropped) };
}

/** `5 calls a second for 1m, at most 20 VUs: calls held for 10s need at least 50 VUs; about 60 % will be dropped`. */
export function rateWarnings(loads: readonly PlannedLoad[], holdMs: number): string[] {
  return loads.flatMap((load) => {
    const estimate = estimateRate(load, holdMs);
    if (!estimate) return [];
    const { neededVus, droppedRatio } = estimate;
    const percent = Math.max(1, Math.round(droppedRatio * 100));
    const held = `calls held for ${renderDuration(holdMs)} need at least ${neededVus} VUs`;
    return [`load ${load.name}, ${describeLoad(load)}: ${held}; about ${percent} % of them will be dropped`];
  });
}

/** All calls take equally long, so that the VU that began first is free first: a row of the times when they are. */
function simulate(
  load: Extract<PlannedLoad, { maxVus: number }>,
  holdMs: number,
  maxVus: number,
): { begun: number; dropped: number; mostVus: number } {
  const freeAt: number[] = [];
  let [begun, dropped, mostVus] = [0, 0, 0];
  for (const atMs of arrivals(load)) {
    if (begun + dropped >= MOST_ARRIVALS) break;
    const busy = begun - firstBusy(freeAt, atMs);
    if (busy >= maxVus) dropped++;
    else {
      freeAt.push(atMs + holdMs);
      begun++;
      mostVus = Math.max(mostVus, busy + 1);
    }
  }
  return { begun, dropped, mostVus };
}

/** How many were free again by then; the list ascends. */
function firstBusy(freeAt: readonly number[], atMs: number): number {
  let [low, high] = [0, freeAt.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (freeAt[middle]! <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
