import { number } from '../stats/normalise.ts';
import type { RawStat } from '../stats/sample.ts';

/** Two reports of one object. Every Δ below is between these; its time is Δ of the object's own `timestamp`. */
export interface Change {
  before: RawStat;
  after: RawStat;
}

/** What a change says; `undefined`: no evidence in this interval. */
export type Derivation = (change: Change) => number | undefined;

/** Δ of a counter; `undefined` if either end lacks it or it shrank (the browser started it again). */
export function gained({ before, after }: Change, field: string): number | undefined {
  const [start, end] = [number(before, field), number(after, field)];
  return start === undefined || end === undefined || end < start ? undefined : end - start;
}

function seconds({ before, after }: Change): number | undefined {
  const elapsed = (after.timestamp - before.timestamp) / 1000;
  return elapsed > 0 ? elapsed : undefined;
}

export function perSecond(field: string): Derivation {
  return (change) => divided(gained(change, field), seconds(change));
}

/** Δ of one counter by Δ of another; `undefined` when the other did not move. */
export function ratio(part: string, whole: string, factor = 1): Derivation {
  return (change) => scaled(divided(gained(change, part), gained(change, whole)), factor);
}

/** Late packets make `packetsLost` shrink (RFC 3550 §6.4.1): a negative Δ counts as 0. */
export function lossRatio(change: Change): number | undefined {
  const [start, end] = [number(change.before, 'packetsLost'), number(change.after, 'packetsLost')];
  const received = gained(change, 'packetsReceived');
  if (start === undefined || end === undefined || received === undefined) return undefined;
  const lost = Math.max(0, end - start);
  return divided(lost, lost + received);
}

/** Share of the interval in which `qualityLimitationReason` was not `none`. */
export function limitedRatio({ before, after }: Change): number | undefined {
  const [start, end] = [durations(before), durations(after)];
  if (!start || !end) return undefined;
  const total = end.total - start.total;
  const none = end.none - start.none;
  return none < 0 ? undefined : scaled(divided(total - none, total), 1);
}

function durations(stat: RawStat): { none: number; total: number } | undefined {
  const value = stat['qualityLimitationDurations'];
  if (typeof value !== 'object' || value === null) return undefined;
  const numbers = Object.values(value).filter((each) => typeof each === 'number');
  return {
    none: 'none' in value && typeof value.none === 'number' ? value.none : 0,
    total: sum(numbers) ?? 0,
  };
}

export function bitrate(change: Change, bytes: string, headerBytes: string): number | undefined {
  const [payload, headers] = [gained(change, bytes), gained(change, headerBytes)];
  if (payload === undefined || headers === undefined) return undefined;
  return scaled(divided(payload + headers, seconds(change)), 8);
}

function divided(part: number | undefined, whole: number | undefined): number | undefined {
  return part === undefined || !whole || whole < 0 ? undefined : part / whole;
}

export function scaled(value: number | undefined, factor: number): number | undefined {
  return value === undefined ? undefined : value * factor;
}

/** `undefined` if there is nothing to add. */
export function sum(values: (number | undefined)[]): number | undefined {
  const present = values.filter((value) => value !== undefined);
  return present.length ? present.reduce((total, value) => total + value, 0) : undefined;
}
