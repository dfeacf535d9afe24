import { renderDuration } from '../units.ts';
import type { PlannedLoad, PlannedStage } from './load.ts';
import { lengthOf, mostVus } from './timeline.ts';

/** What can be told of a load before it begins. */
export interface AnnouncedLoad {
  name: string;
  /** From {@link describeLoad}. */
  summary: string;
  mostVus: number;
  /** From its first moment until no call of it begins any more, ms. Absent where others say when that is. */
  lengthMs?: number;
  /** How many calls it has; absent if nobody knows. */
  iterations?: number;
}

export function announceLoad(load: PlannedLoad): AnnouncedLoad {
  const isShared = load.executor === 'shared-iterations';
  return {
    name: load.name,
    summary: describeLoad(load),
    mostVus: mostVus(load),
    ...(!load.background && { lengthMs: lengthOf(load) }),
    ...('iterations' in load && { iterations: load.iterations * (isShared ? 1 : load.vus) }),
  };
}

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

const UNITS: Record<number, string> = { 1000: 'a second', 60_000: 'a minute', 3_600_000: 'an hour' };

function perUnit(rate: number, timeUnitMs: number): string {
  const unit = UNITS[timeUnitMs] ?? `every ${renderDuration(timeUnitMs)}`;
  return `${count(rate, 'call')} ${unit}`;
}

function count(value: number, noun: string): string {
  return `${value} ${noun}${value === 1 ? '' : 's'}`;
}
