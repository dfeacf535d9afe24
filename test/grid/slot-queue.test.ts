import { describe, expect, test } from 'vitest';
import { SlotQueue } from '../../harness/grid/slot-queue.ts';

/** A queue, and who was admitted so far, in their order. */
function aQueue(slots: number | undefined, onScarce = (): void => {}) {
  const queue = new SlotQueue({ slots, onScarce });
  const admitted: string[] = [];
  const ask = (call: string, peers = 2) => {
    for (let peer = 0; peer < peers; peer++) void queue.take(call).then(() => admitted.push(call));
  };
  const settle = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  return { queue, admitted, ask, settle };
}

describe('SlotQueue.take()', () => {
  test('admits the peers of one call together, and no part of the next before all of it fits', async () => {
    const { queue, admitted, ask, settle } = aQueue(3);
    ask('a');
    ask('b');
    await settle();
    expect(admitted).toEqual(['a', 'a']);
    queue.give();
    await settle();
    expect(admitted).toEqual(['a', 'a', 'b', 'b']);
  });

  test('keeps the order: a small call does not overtake a large one', async () => {
    const { queue, admitted, ask, settle } = aQueue(2);
    ask('a');
    ask('b', 2);
    ask('c', 1);
    await settle();
    queue.give();
    await settle();
    expect(admitted).toEqual(['a', 'a']);
    queue.give();
    await settle();
    expect(admitted).toEqual(['a', 'a', 'b', 'b']);
  });

  test('admits a call that needs more than there is once it is alone', async () => {
    const { queue, admitted, ask, settle } = aQueue(1);
    ask('a', 1);
    ask('b', 2);
    await settle();
    expect(admitted).toEqual(['a']);
    queue.give();
    await settle();
    expect(admitted).toEqual(['a', 'b', 'b']);
  });

  test('admits everybody if the Grid grows as needed', async () => {
    const { admitted, ask, settle } = aQueue(undefined);
    for (const call of ['a', 'b', 'c']) ask(call);
    await settle();
    expect(admitted).toHaveLength(6);
  });

  test('asks for what nobody uses before anybody waits', async () => {
    const idle: { give?: () => void } = {};
    const { queue, admitted, ask, settle } = aQueue(1, () => idle.give?.());
    ask('a', 1);
    await settle();
    idle.give = () => {
      delete idle.give;
      queue.give();
    };
    ask('b', 1);
    await settle();
    expect(admitted).toEqual(['a', 'b']);
  });
});
