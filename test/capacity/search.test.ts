import { expect, test } from 'vitest';
import { searchCapacity, type LevelOutcome } from '../../harness/capacity/search.ts';

/** A service that behaves so, by level and by how often the level was tried before. */
async function search(
  behaves: (vus: number, before: number) => LevelOutcome,
  { start = 1, max = 1000 }: { start?: number; max?: number } = {},
) {
  const tries = new Map<number, number>();
  const found = await searchCapacity({
    start,
    max,
    tryLevel: async (vus) => {
      const before = tries.get(vus) ?? 0;
      tries.set(vus, before + 1);
      return { vus, outcome: behaves(vus, before) };
    },
  });
  return { ...found, tried: found.levels.map(({ vus }) => vus) };
}

const upTo = (most: number) => (vus: number) => (vus <= most ? 'held' : 'broke');

test('searchCapacity() doubles until a level breaks, halves the distance, and tries what it found once more', async () => {
  expect(await search(upTo(11))).toMatchObject({
    holds: 11,
    breaksAt: 12,
    limitedBy: 'service',
    tried: [1, 2, 4, 8, 16, 12, 10, 11, 11],
  });
});

test.for([1, 2, 3, 7, 8, 9, 100, 999])('searchCapacity() finds that %i calls hold', async (most) => {
  expect(await search(upTo(most))).toMatchObject({ holds: most, breaksAt: most + 1, limitedBy: 'service' });
});

test('searchCapacity() finds none if not even one call holds', async () => {
  expect(await search(upTo(0))).toMatchObject({ holds: 0, breaksAt: 1, limitedBy: 'service', tried: [1] });
});

test('searchCapacity() goes below the first level if that breaks', async () => {
  expect(await search(upTo(3), { start: 10 })).toMatchObject({ holds: 3, breaksAt: 4 });
});

test('searchCapacity() says that it was not asked for more', async () => {
  const found = await search(upTo(5000), { max: 6 });
  expect(found).toMatchObject({ holds: 6, limitedBy: 'end', tried: [1, 2, 4, 6, 6] });
  expect(found).not.toHaveProperty('breaksAt');
});

test('searchCapacity() says that the machine was the limit, and how many held before', async () => {
  const found = await search((vus) => (vus <= 5 ? 'held' : 'saturated'));
  expect(found).toMatchObject({ holds: 5, limitedBy: 'machine' });
  expect(found).not.toHaveProperty('breaksAt');
});

test('searchCapacity() says that a level could not be judged', async () => {
  expect(await search((vus) => (vus <= 2 ? 'held' : 'unknown'))).toMatchObject({
    holds: 2,
    limitedBy: 'unknown',
  });
});

test('searchCapacity() goes on below a level that does not hold a second time', async () => {
  const found = await search((vus, before) => {
    if (vus === 6) return before === 0 ? 'held' : 'broke';
    return upTo(6)(vus);
  });
  expect(found).toMatchObject({ holds: 5, breaksAt: 6, limitedBy: 'service' });
  expect(found.tried.filter((vus) => vus === 6)).toHaveLength(2);
});

test('searchCapacity() rejects with what a level rejects with', async () => {
  const stopped = searchCapacity({ start: 1, max: 8, tryLevel: () => Promise.reject(new Error('SIGINT')) });
  await expect(stopped).rejects.toThrow('SIGINT');
});
