import { expect, test } from 'vitest';
import type { ReadMessage } from '../../../../harness/peer/agent/data/message.ts';
import { Tally } from '../../../../harness/peer/agent/data/tally.ts';

const message = (seq: number, isWhole = true): ReadMessage => ({ kind: 'data', seq, sizeBytes: 10, isWhole });

test('Tally counts what came, out of order, twice and changed', () => {
  const tally = new Tally();
  for (const [i, seq] of [0, 2, 1, 2, 5].entries()) tally.add(message(seq, seq !== 5), 100 + i);
  tally.addPlain({ sizeBytes: 0, binary: false });
  expect(tally.received).toEqual({
    messages: 4,
    bytes: 50,
    firstBytes: 10,
    firstMs: 100,
    lastMs: 104,
    outOfOrder: 1,
    duplicates: 1,
    corrupt: 1,
    plain: [{ sizeBytes: 0, binary: false }],
  });
});

test('Tally has no times if nothing came', () => {
  const { received } = new Tally();
  expect(received).toMatchObject({ messages: 0, bytes: 0 });
  expect(received.firstMs ?? received.lastMs).toBeUndefined();
});
