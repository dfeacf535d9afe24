import { expect, test } from 'vitest';
import { createRandom, shuffle } from '../harness/random.ts';

test('createRandom() is even over 0 to 1', () => {
  const random = createRandom(1);
  const tenths = new Uint32Array(10);
  for (let n = 0; n < 10_000; n++) tenths[Math.floor(random() * 10)]!++;
  for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(150);
});

test('shuffle() keeps every item, in each order about as often', () => {
  const random = createRandom(2);
  const counts = new Map<string, number>();
  for (let n = 0; n < 6000; n++) {
    const order = shuffle(['a', 'b', 'c'], random).join('');
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(6);
  // Four standard deviations of 6000 draws at 1/6.
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(116);
});
