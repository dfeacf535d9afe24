import { renderDuration } from '../units.ts';
import type { PlannedLoad, PlannedStage } from './load.ts';

/** A load in a few words: `8 VUs for 2m`, `5 calls a second for 1m, at most 20 VUs`. */
export function describeLoad(load: PlannedLoad): string {
  const words = own(load);
  return load.startTimeMs > 0 ? `${words}, from ${renderDuration(load.startTimeMs)} on` : words;
}

function own(load: PlannedLoad): string {
  switch (load.executor) {
    case 'shared-iterations':
      return `${count(load.iterations, 'call')} shared by ${count(load.vus, 'VU')}`;
    case 'per-vu-iterations':
      return `${count(load.iterations, 'call')} of each of ${count(load.vus, 'VU')}`;
    case 'constant-vus':
      if (load.background) return `${count(load.vus, 'VU')} for as long as the others last`;
      return `${count(load.vus, 'VU')} for ${renderDuration(load.durationMs)}`;
    case 'ramping-vus':
      return `from ${count(load.startVus, 'VU')}, ${stages(load.stages)}`;
    case 'constant-arrival-rate':
      return `${perUnit(load.rate, load.timeUnitMs)} for ${renderDuration(load.durationMs)}, at most ${count(load.maxVus, 'VU')}`;
    case 'ramping-arrival-rate':
      return `from ${perUnit(load.startRate, load.timeUnitMs)}, ${stages(load.stages)}, at most ${count(load.maxVus, 'VU')}`;
  }
}

function stages(all: readonly PlannedStage[]): string {
  return all.map(({ durationMs, target }) => `to ${target} in ${renderDuration(durationMs)}`).join(', ');
}

function perUnit(rate: number, timeUnitMs: number): string {
  return `${count(rate, 'call')} ${timeUnitMs === 1000 ? 'a second' : `each ${renderDuration(timeUnitMs)}`}`;
}

function count(value: number, noun: string): string {
  return `${value} ${noun}${value === 1 ? '' : 's'}`;
}
