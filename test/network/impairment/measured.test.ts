import { describe, expect, test } from 'vitest';
import {
  type Arrivals,
  deriveQuick,
  deriveRate,
  deriveSmall,
} from '../../../harness/network/impairment/measured.ts';
import {
  drainMs,
  quickTrain,
  rateTrain,
  smallTrain,
  type Train,
} from '../../../harness/network/impairment/probe-plan.ts';

const TRAIN: Train = { count: 10, payloadBytes: 16, everyUs: 1000 };

function arrive(packets: [seq: number, delayMs: number][]): Arrivals {
  const sentUs = packets.map(([seq]) => seq * 1000);
  return {
    seq: packets.map(([seq]) => seq),
    sentUs,
    atUs: packets.map(([, delayMs], index) => (sentUs[index] ?? 0) + delayMs * 1000),
  };
}

describe('deriveSmall()', () => {
  test('tells delay, jitter, loss, its runs, copies and what came late', () => {
    const came: [number, number][] = [
      [0, 10],
      [1, 10],
      [1, 11],
      [3, 10],
      [2, 14],
      [7, 12],
      [8, 10],
    ];
    const measured = deriveSmall(TRAIN, arrive(came), {});
    expect(measured).toEqual({
      packets: 10,
      lossRatio: 0.4,
      lossBurst: 2,
      delayMs: 10,
      jitterMs: expect.closeTo(1.673, 3),
      duplicateRatio: expect.closeTo(1 / 6),
      reorderRatio: expect.closeTo(1 / 6),
    });
  });

  test('has no delay if nothing came', () => {
    expect(deriveSmall(TRAIN, arrive([]), {})).toEqual({ packets: 10, lossRatio: 1, lossBurst: 10 });
  });

  test('leaves out what the packets take themselves at the limited rate', () => {
    // 58 bytes at 46.4 kbit/s: 10 ms.
    expect(deriveSmall(TRAIN, arrive([[0, 35]]), { rateBps: 46_400 }).delayMs).toBeCloseTo(25);
  });
});

describe('deriveQuick()', () => {
  test('counts only the later half, and loss only as an outage', () => {
    expect(
      deriveQuick(
        TRAIN,
        arrive([
          [0, 90],
          [1, 80],
          [5, 10],
          [6, 10],
        ]),
        {},
      ),
    ).toEqual({
      packets: 5,
      delayMs: 10,
      jitterMs: 0,
    });
    expect(deriveQuick(TRAIN, arrive([[0, 90]]), { outage: true })).toEqual({ packets: 5, lossRatio: 1 });
  });
});

describe('deriveRate()', () => {
  test('counts what is on the wire', () => {
    const came = Array.from({ length: 11 }, (_, seq): [number, number] => [seq, 5]);
    // 58 bytes each ms.
    expect(deriveRate(TRAIN, arrive(came))).toBeCloseTo(464_000);
    expect(deriveRate(TRAIN, arrive(came.slice(0, 9)))).toBeUndefined();
  });
});

describe('smallTrain()', () => {
  test('is short if there is no chance to measure, and long enough if there is', () => {
    expect(smallTrain({ delayMs: 50 })).toMatchObject({ count: 24, everyUs: 1500 });
    expect(smallTrain({ lossRatio: 0.05 }).count).toBe(800);
    expect(smallTrain({ lossRatio: 0.001 }).count).toBe(1200);
    expect(smallTrain({ outage: true, lossRatio: 0.05 }).count).toBe(24);
  });

  test('does not fill the queue of a low rate', () => {
    const { everyUs, count } = smallTrain({ rateBps: 50_000, lossRatio: 0.05 });
    expect((58 * 8 * 1e6) / everyUs).toBeLessThanOrEqual(25_000);
    expect(count * everyUs).toBeLessThanOrEqual(1.1e6);
  });
});

describe('rateTrain()', () => {
  test.for([50_000, 300_000, 2e6, 1e8])('offers twice a rate of %i bit/s', (rateBps) => {
    const { count, payloadBytes, everyUs } = rateTrain(rateBps);
    expect(((payloadBytes + 42) * 8 * 1e6) / everyUs / rateBps).toBeCloseTo(2);
    expect(count).toBeGreaterThanOrEqual(40);
  });
});

describe('quickTrain()', () => {
  test('lasts twice as long as packets of the longer delay before are on their way', () => {
    const { count, everyUs } = quickTrain({ delayMs: 20 }, { delayMs: 520 });
    expect(count * everyUs).toBe(1e6);
  });
});

describe('drainMs()', () => {
  test('waits for the delay, and for what a full queue holds', () => {
    expect(drainMs({ count: 10, payloadBytes: 16, everyUs: 1000 }, { delayMs: 300 })).toBe(450);
    const train = rateTrain(1e6);
    expect(drainMs(train, { rateBps: 1e6 })).toBeGreaterThan(150 + 350);
  });
});
