import { expect, test } from 'vitest';
import { FrameLedger } from '../../../../harness/peer/agent/content/frame-ledger.ts';

const STREAM = 7;

/** A ledger that was shown these numbers, 40 ms apart unless they say when; the first at 1000 ms. */
function shown(...frames: (number | { number: number; afterMs: number })[]) {
  const told: number[] = [];
  const ledger = new FrameLedger(STREAM, ({ number }) => told.push(number));
  let t = 1000;
  for (const frame of frames) {
    const { number, afterMs } = typeof frame === 'number' ? { number: frame, afterMs: 40 } : frame;
    t += afterMs;
    ledger.add(t, { number, sounds: true, sentMs: t - 25, stream: STREAM });
  }
  return { ledger, told, t };
}

test('FrameLedger.read() counts frames, skipped and repeated numbers', () => {
  const { ledger, told, t } = shown(10, 11, 11, 14, 15);
  expect(ledger.read(t + 30)).toMatchObject({
    frames: 5,
    repeated: 1,
    dropped: 2,
    backwards: 0,
    first: 10,
    last: 15,
    stillMs: 30,
    freezes: 0,
  });
  expect(told).toEqual([10, 11, 14, 15]);
});

test('FrameLedger.read() tells how long each frame took', () => {
  const { ledger, t } = shown(1, 2, 3);
  expect(ledger.read(t).latencies.map(({ ms }) => ms)).toEqual([25, 25, 25]);
});

test('FrameLedger.read() counts frames that could not be read, and those of another peer', () => {
  const { ledger, t } = shown(1);
  ledger.add(t + 40, undefined);
  ledger.add(t + 80, { number: 900, sounds: true, sentMs: t, stream: 8 });
  expect(ledger.read(t + 100)).toMatchObject({ frames: 3, unreadable: 1, wrongStream: 1, first: 1, last: 1 });
});

test('FrameLedger.read() counts a freeze that ended, and the one that lasts', () => {
  const { ledger, t } = shown(1, 2, 3, { number: 4, afterMs: 700 }, 5, 6);
  expect(ledger.read(t + 40)).toMatchObject({ freezes: 1, longestFreezeMs: 700 });
  expect(ledger.read(t + 2000)).toMatchObject({ freezes: 2, longestFreezeMs: 2000, stillMs: 2000 });
});

test('FrameLedger.read() counts a source that repeats itself as frozen', () => {
  const { ledger, t } = shown(1, 2, 3, ...Array.from({ length: 30 }, () => 3));
  expect(ledger.read(t)).toMatchObject({ repeated: 30, dropped: 0, freezes: 1 });
});

test('FrameLedger.read() has neither numbers nor times before a frame was read', () => {
  const ledger = new FrameLedger(STREAM, () => {});
  ledger.add(1000, undefined);
  const read = ledger.read(9000);
  expect(read).toMatchObject({ frames: 1, unreadable: 1, freezes: 0, latencies: [] });
  for (const absent of ['first', 'last', 'stillMs']) expect(read).not.toHaveProperty(absent);
});

test('FrameLedger keeps a bounded number of latencies, spread over the whole call', () => {
  const { ledger, t } = shown(...Array.from({ length: 5000 }, (_, i) => i));
  const { latencies } = ledger.read(t);
  expect(latencies.length).toBeLessThan(600);
  expect(latencies[0]!.t).toBe(1040);
  expect(latencies.at(-1)!.t).toBeGreaterThan(t - 1000);
});
