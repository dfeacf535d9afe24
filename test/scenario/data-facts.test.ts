import { describe, expect, test } from 'vitest';
import {
  backpressureFact,
  channelFacts,
  deliveryFacts,
  transferFacts,
  triedFact,
} from '../../harness/index.ts';
import type { DataChannel, DeliveredMessages, Fact } from '../../harness/index.ts';

const failed = (facts: Fact[]) => facts.filter(({ passed }) => passed !== true).map(({ name }) => name);

const END: DataChannel['ends'][string] = {
  t: 0,
  id: 1,
  ordered: true,
  maxRetransmits: null,
  maxPacketLifeTime: null,
  protocol: '',
  negotiated: false,
};

const channel = (caller = {}, callee = {}) =>
  ({
    label: 'chat',
    openMs: 5,
    ends: { caller: { ...END, ...caller }, callee: { ...END, ...callee } },
  }) as unknown as DataChannel;

describe('channelFacts()', () => {
  test('hold of a channel that is what was asked for, at both ends', () => {
    expect(failed(channelFacts(channel()))).toEqual([]);
    const end = { ordered: false, maxPacketLifeTime: 200, negotiated: true, id: 7, protocol: 'p' };
    const asked = { ordered: false, maxPacketLifeTime: '200ms', negotiatedId: 7, protocol: 'p' } as const;
    expect(failed(channelFacts(channel(end, end), asked))).toEqual([]);
  });

  test('fail if an end is something else, or the ids differ', () => {
    const atCallee = "callee's end of chat is what was asked for";
    for (const wrong of [{ ordered: false }, { maxRetransmits: 0 }, { protocol: 'x' }, { negotiated: true }])
      expect(failed(channelFacts(channel({}, wrong)))).toEqual([atCallee]);
    expect(failed(channelFacts(channel({}, { id: 3 })))).toEqual(['both ends of chat have one id']);
  });
});

const delivered = (received: Partial<DeliveredMessages['received']> = {}): DeliveredMessages => ({
  sent: { startMs: 0, endMs: 1, waits: 0, maxBufferedBytes: 0, messages: 10 },
  received: {
    messages: 10,
    bytes: 1,
    firstBytes: 1,
    outOfOrder: 0,
    duplicates: 0,
    corrupt: 0,
    plain: [],
    ...received,
  },
});

describe('deliveryFacts()', () => {
  test.for<[Partial<DeliveredMessages['received']>, string]>([
    [{ messages: 9 }, 'every message arrives'],
    [{ duplicates: 1 }, 'no message comes twice'],
    [{ corrupt: 1 }, 'no message is changed'],
    [{ plain: [{ sizeBytes: 3, binary: false }] }, 'no message is changed'],
    [{ outOfOrder: 1 }, 'no message overtakes another'],
  ])('%j: fails that %s', ([received, name]) => {
    expect(failed(deliveryFacts(delivered(received)))).toEqual([name]);
  });

  test('ask no more than the channel promises', () => {
    const lost = delivered({ messages: 5, outOfOrder: 2 });
    expect(failed(deliveryFacts(lost, { reliable: false, ordered: false }))).toEqual([]);
    expect(failed(deliveryFacts(lost, { reliable: 'some', ordered: false }))).toEqual([]);
    expect(failed(deliveryFacts(delivered(), { reliable: 'some' }))).toEqual(['nothing lost is sent again']);
  });

  test('have no evidence of what is in messages if none came', () => {
    const facts = deliveryFacts(delivered({ messages: 0 }));
    expect(facts.map(({ passed }) => passed)).toEqual([false, undefined, undefined, undefined]);
  });
});

test('backpressureFact() fails if the sender never had to wait', () => {
  const { sent } = delivered();
  expect(backpressureFact({ sent }).passed).toBe(false);
  expect(backpressureFact({ sent: { ...sent, waits: 1 } }).passed).toBe(true);
});

test('transferFacts() fail if the file is cut, or one byte of it changed', () => {
  const sent = { sha256: 'a', sizeBytes: 4, startMs: 0, waits: 0 };
  const transfer = (sha256: string, sizeBytes: number) =>
    failed(transferFacts({ sent, received: { sha256, sizeBytes, endMs: 1 }, throughputBps: 1 }));
  expect(transfer('a', 4)).toEqual([]);
  expect(transfer('b', 4)).toEqual(['the file is the same at both ends']);
  expect(transfer('b', 3)).toHaveLength(2);
});

test('triedFact() holds if exactly that came, or exactly that error did', () => {
  const shape = { sizeBytes: 5, binary: true };
  expect(triedFact('x', shape, { received: shape }).passed).toBe(true);
  for (const tried of [{}, { error: 'TypeError' }, { received: { sizeBytes: 4, binary: true } }])
    expect(triedFact('x', shape, tried).passed).toBe(false);
  expect(triedFact('x', shape, { error: 'TypeError' }, 'TypeError').passed).toBe(true);
  for (const tried of [{}, { error: 'OperationError' }, { received: shape }])
    expect(triedFact('x', shape, tried, 'TypeError').passed).toBe(false);
});
