import { expect, test } from 'vitest';
import { FrameClock } from '../../../harness/peer/agent/frame-clock.ts';

function clockWith(...times: number[]): FrameClock {
  const clock = new FrameClock(0);
  for (const t of times) clock.add(t);
  return clock;
}

test('FrameClock.gaps() tells stretches that are longer than asked, and the open one at the end', () => {
  const clock = clockWith(10, 40, 540, 570, 900);
  expect(clock.gaps({ longerThanMs: 300, nowMs: 2000 })).toEqual([
    { startMs: 40, endMs: 540, open: false },
    { startMs: 570, endMs: 900, open: false },
    { startMs: 900, endMs: 2000, open: true },
  ]);
  expect(clock.gaps({ longerThanMs: 500, nowMs: 910 })).toEqual([]);
});

test('FrameClock.gaps() leaves out what ended before, and counts what had begun before whole', () => {
  const clock = clockWith(0, 1000, 1030, 4000, 4030);
  expect(clock.gaps({ sinceMs: 2000, longerThanMs: 500, nowMs: 4040 })).toEqual([
    { startMs: 1030, endMs: 4000, open: false },
  ]);
});

test('FrameClock.gaps() is one gap since the start if no frame ever came', () => {
  const clock = new FrameClock(100);
  expect(clock.gaps({ longerThanMs: 10, nowMs: 600 })).toEqual([{ startMs: 100, endMs: 600, open: true }]);
  expect(clock.lastMs).toBeUndefined();
});

test('FrameClock.after() resolves with a frame that came already, or as soon as one comes', async () => {
  const clock = clockWith(10, 40);
  expect(await clock.after(20)).toBe(40);
  const next = clock.after(50);
  clock.add(45);
  clock.add(75);
  clock.add(105);
  expect(await next).toBe(75);
});

test('FrameClock keeps the newest 20 000 frames', () => {
  const clock = new FrameClock(0);
  for (let t = 0; t < 50_000; t++) clock.add(t === 0 ? -5000 : t);
  expect(clock.gaps({ longerThanMs: 100, nowMs: 50_000 })).toEqual([]);
  expect(clock.lastMs).toBe(49_999);
});
