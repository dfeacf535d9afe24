import type { PlannedLoad, PlannedRampingRate, PlannedRampingVus, PlannedStage } from './load.ts';

/** From its first moment to when no call of it begins any more, ms. */
export function lengthOf(load: PlannedLoad): number {
  if ('maxDurationMs' in load) return load.maxDurationMs;
  return 'stages' in load ? totalOf(load.stages) : load.durationMs;
}

/** The most VUs it can have at the same time. */
export function mostVus(load: PlannedLoad): number {
  if ('maxVus' in load) return load.maxVus;
  if ('vus' in load) return load.vus;
  return Math.max(load.startVus, ...load.stages.map(({ target }) => target));
}

/** The most VUs that all of them can have at the same time, with those whose last calls may still be ending. */
export function mostVusTogether(loads: readonly PlannedLoad[]): number {
  const spans = loads.map((load) => ({
    startMs: load.startTimeMs,
    endMs: load.startTimeMs + lengthOf(load) + load.gracefulStopMs,
    vus: mostVus(load),
  }));
  const together = spans.map(({ startMs }) =>
    spans
      .filter((other) => other.startMs <= startMs && startMs <= other.endMs)
      .reduce((sum, { vus }) => sum + vus, 0),
  );
  return Math.max(0, ...together);
}

/** From then on so many VUs are wanted. */
export interface VuStep {
  atMs: number;
  vus: number;
}

/**
 * When `ramping-vus` adds or takes back each VU: on a straight line through the stage, so that from 0 to 10 in 10 s the
 * first VU comes at 1 s and the tenth at 10 s. A stage without length jumps.
 */
export function vuSteps({ startVus, stages }: PlannedRampingVus): VuStep[] {
  const steps: VuStep[] = [{ atMs: 0, vus: startVus }];
  let [startMs, from] = [0, startVus];
  for (const { durationMs, target } of stages) {
    const count = Math.abs(target - from);
    const direction = Math.sign(target - from);
    if (durationMs === 0 && count > 0) steps.push({ atMs: startMs, vus: target });
    else {
      for (let i = 1; i <= count; i++) {
        steps.push({ atMs: startMs + (durationMs * i) / count, vus: from + direction * i });
      }
    }
    startMs += durationMs;
    from = target;
  }
  return steps;
}

type ArrivalLoad = Extract<PlannedLoad, { maxVus: number }>;

/**
 * When each iteration of an arrival rate is due, ms from the load's first moment, ascending. At a constant rate the first
 * at once; while the rate ramps, each when the area under it has grown by one. What is due only when the load's time is up
 * is not.
 */
export function arrivals(load: ArrivalLoad): Iterable<number> {
  return load.executor === 'constant-arrival-rate' ? constantArrivals(load) : rampingArrivals(load);
}

function* constantArrivals({
  rate,
  timeUnitMs,
  durationMs,
}: Extract<PlannedLoad, { executor: 'constant-arrival-rate' }>): Generator<number> {
  if (rate <= 0) return;
  for (let i = 0; ; i++) {
    const atMs = (i * timeUnitMs) / rate;
    if (atMs >= durationMs) return;
    yield atMs;
  }
}

/** Rounding must not lose the iteration that is due at the very end of a stage. */
const TINY = 1e-9;

function* rampingArrivals({ startRate, timeUnitMs, stages }: PlannedRampingRate): Generator<number> {
  const endMs = totalOf(stages);
  let startMs = 0;
  let from = startRate / timeUnitMs;
  let before = 0;
  let next = 1;
  for (const { durationMs, target } of stages) {
    const to = target / timeUnitMs;
    const until = before + ((from + to) / 2) * durationMs;
    for (; next <= until + TINY; next++) {
      const atMs = toMicroseconds(startMs + timeOfArea(next - before, { from, to, durationMs }));
      if (atMs < endMs) yield atMs;
    }
    [startMs, from, before] = [startMs + durationMs, to, until];
  }
}

/** When the area under a straight line from one rate to another is as large: from·t + (to − from)·t² / 2·duration. */
function timeOfArea(
  area: number,
  { from, to, durationMs }: { from: number; to: number; durationMs: number },
): number {
  const slope = (to - from) / durationMs;
  if (slope === 0) return Math.min(durationMs, area / from);
  const root = Math.sqrt(Math.max(0, from * from + 2 * slope * area));
  return Math.min(durationMs, (root - from) / slope);
}

function toMicroseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

function totalOf(stages: readonly PlannedStage[]): number {
  return stages.reduce((sum, { durationMs }) => sum + durationMs, 0);
}
