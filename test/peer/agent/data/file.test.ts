import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { IncomingFile, makeFile, sha256 } from '../../../../harness/peer/agent/data/file.ts';

test('makeFile() is the same for the same seed, of that size, and nothing that repeats', () => {
  const file = makeFile(100_001, 1);
  expect(file).toHaveLength(100_001);
  expect(file).toEqual(makeFile(100_001, 1));
  expect(file).not.toEqual(makeFile(100_001, 3));
  const counts = Array.from({ length: 256 }, () => 0);
  for (const byte of file) counts[byte]!++;
  expect(Math.min(...counts)).toBeGreaterThan(250);
});

test('sha256() is what Node says', async () => {
  const file = makeFile(1000, 5);
  expect(await sha256(file)).toBe(createHash('sha256').update(file).digest('hex'));
});

test('IncomingFile is complete when all of it came, and refuses more', async () => {
  const file = makeFile(10, 1);
  const incoming = new IncomingFile(10);
  incoming.add(file.subarray(0, 6));
  expect(incoming).toMatchObject({ isComplete: false, sizeBytes: 6 });
  incoming.add(file.subarray(6));
  expect(incoming.isComplete).toBe(true);
  expect(await incoming.sha256()).toBe(await sha256(file));
  expect(() => incoming.add(file)).toThrow(RangeError);
});
