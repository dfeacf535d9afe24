import { describe, expect, test } from 'vitest';
import type { PlannedLoad, PlannedRampingRate, PlannedRampingVus } from '../../harness/load/load.ts';
import { arrivals, lengthOf, mostVus, mostVusTogether, vuSteps } from '../../harness/load/timeline.ts';

const base = { name: 'load', startTimeMs: 0, gracefulStopMs: 30_000, tags: {}, cells: [] };
const rampingVus = (startVus: number, stages: PlannedRampingVus['stages']): PlannedRampingVus => ({
  ...base,
  executor: 'ramping-vus',
  startVus,
  stages,
  gracefulRampDownMs: 30_000,
});
const rampingRate = (startRate: number, stages: PlannedRampingRate['stages']): PlannedRampingRate => ({
  ...base,
  executor: 'ramping-arrival-rate',
  startRate,
  timeUnitMs: 1000,
  stages,
  preAllocatedVus: 2,
  maxVus: 5,
});
const constantVus = (startTimeMs: number, durationMs: number, vus: number): PlannedLoad => ({
  ...base,
  executor: 'constant-vus',
  startTimeMs,
  durationMs,
  vus,
});

describe('vuSteps()', () => {
  test('adds VUs on a straight line, and takes them back on one', () => {
    const steps = vuSteps(
      rampingVus(0, [
        { durationMs: 4000, target: 2 },
        { durationMs: 1000, target: 2 },
        { durationMs: 1000, target: 0 },
      ]),
    );
    expect(steps).toEqual([
      { atMs: 0, vus: 0 },
      { atMs: 2000, vus: 1 },
      { atMs: 4000, vus: 2 },
      { atMs: 5500, vus: 1 },
      { atMs: 6000, vus: 0 },
    ]);
  });

  test('jumps in a stage without length', () => {
    expect(vuSteps(rampingVus(1, [{ durationMs: 0, target: 5 }]))).toEqual([
      { atMs: 0, vus: 1 },
      { atMs: 0, vus: 5 },
    ]);
  });
});

describe('arrivals()', () => {
  test('are evenly spread at a constant rate, the first at once', () => {
    const load: PlannedLoad = {
      ...base,
      executor: 'constant-arrival-rate',
      rate: 2,
      timeUnitMs: 1000,
      durationMs: 2000,
      preAllocatedVus: 1,
      maxVus: 1,
    };
    expect([...arrivals(load)]).toEqual([0, 500, 1000, 1500]);
  });

  test('come closer and closer while the rate rises, as many as the area under it', () => {
    const times = [...arrivals(rampingRate(0, [{ durationMs: 10_000, target: 2 }]))];
    // The tenth is due when the time is up.
    expect(times.length).toBe(9);
    const gaps = times.slice(1).map((time, index) => time - times[index]!);
    expect(gaps).toEqual(gaps.toSorted((a, b) => b - a));
    expect(times.at(-1)).toBeCloseTo(9486.833, 3);
  });

  test('go on where the stage before ended', () => {
    const stages = [
      { durationMs: 1500, target: 1 },
      { durationMs: 2000, target: 1 },
    ];
    expect([...arrivals(rampingRate(1, stages))].map((time) => Math.round(time))).toEqual([1000, 2000, 3000]);
  });

  test('are none while the rate is 0', () => {
    expect([...arrivals(rampingRate(0, [{ durationMs: 5000, target: 0 }]))]).toEqual([]);
  });
});

describe('how large a load is', () => {
  test('lengthOf() is the sum of the stages', () => {
    const stages = [
      { durationMs: 1000, target: 1 },
      { durationMs: 500, target: 7 },
    ];
    expect(lengthOf(rampingVus(3, stages))).toBe(1500);
    expect(mostVus(rampingVus(3, stages))).toBe(7);
  });

  test('mostVusTogether() counts those that overlap, with the time that their calls may take to end', () => {
    const overlapping = [constantVus(0, 10_000, 3), constantVus(35_000, 1000, 4)];
    expect(mostVusTogether(overlapping)).toBe(7);
    expect(mostVusTogether([constantVus(0, 1000, 3), constantVus(35_000, 1000, 4)])).toBe(4);
    expect(mostVusTogether([])).toBe(0);
  });
});
