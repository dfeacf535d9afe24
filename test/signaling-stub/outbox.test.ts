import { describe, expect, test } from 'vitest';
import { Outbox } from '../../signaling-stub/outbox.ts';

const LIMITS = { frames: 3, sizeBytes: 100 };

describe('Outbox', () => {
  test('add() numbers frames from 1 and keeps them in order', () => {
    const outbox = new Outbox(LIMITS);
    expect([outbox.add('{"a":1}', 7), outbox.add('{"b":2}', 7)]).toEqual([
      '{"seq":1,"a":1}',
      '{"seq":2,"b":2}',
    ]);
    expect(outbox.pending()).toEqual(['{"seq":1,"a":1}', '{"seq":2,"b":2}']);
  });

  test('acknowledge() forgets everything up to a number, and nothing twice', () => {
    const outbox = new Outbox(LIMITS);
    for (const name of ['a', 'b', 'c']) outbox.add(`{"k":"${name}"}`, 9);
    expect(outbox.acknowledge(2)).toBe(true);
    expect(outbox.acknowledge(1)).toBe(true);
    expect(outbox.pending()).toEqual(['{"seq":3,"k":"c"}']);
    expect([outbox.acknowledgedSeq, outbox.lastSeq, outbox.length]).toEqual([2, 3, 1]);
  });

  test('acknowledge() refuses a number that was never given', () => {
    const outbox = new Outbox(LIMITS);
    outbox.add('{"a":1}', 7);
    expect(outbox.acknowledge(2)).toBe(false);
    expect(outbox.length).toBe(1);
  });

  test('add() returns undefined and uses no number if it is full', () => {
    const outbox = new Outbox(LIMITS);
    for (let count = 0; count < 3; count += 1) outbox.add('{"a":1}', 7);
    expect(outbox.add('{"a":1}', 7)).toBeUndefined();
    outbox.acknowledge(1);
    expect(outbox.add('{"a":1}', 7)).toBe('{"seq":4,"a":1}');
  });

  test('add() counts bytes as well as frames', () => {
    const outbox = new Outbox(LIMITS);
    outbox.add('{"a":1}', 60);
    expect(outbox.add('{"a":1}', 41)).toBeUndefined();
    outbox.acknowledge(1);
    expect(outbox.add('{"a":1}', 100)).toBe('{"seq":2,"a":1}');
  });
});
