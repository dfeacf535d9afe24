import { expect, test } from 'vitest';
import type { FaultRule } from '../../../signaling-stub/faults/rule.ts';
import { openSignalingStub, type SignalingStub } from '../../../signaling-stub/server.ts';
import type { TraceEntry } from '../../../signaling-stub/trace.ts';
import { bye, OFFER, RawClient } from '../raw-client.ts';

interface Two extends AsyncDisposable {
  stub: SignalingStub;
  trace: TraceEntry[];
  a: RawClient;
  b: RawClient;
}

/** Two peers in a room whose messages suffer. */
async function open(faults: FaultRule[], { faultSeed = 1 } = {}): Promise<Two> {
  const trace: TraceEntry[] = [];
  const stub = await openSignalingStub({ faults, faultSeed, onTrace: (entry) => trace.push(entry) });
  const a = await RawClient.join(stub, 'r', 'a');
  const b = await RawClient.join(stub, 'r', 'b');
  return { stub, trace, a, b, [Symbol.asyncDispose]: () => stub.close() };
}

/** The reasons of the byes that came, up to the one called `last`. */
async function reasons(client: RawClient, last: string): Promise<string[]> {
  const seen: string[] = [];
  while (seen.at(-1) !== last) {
    const frame = await client.next('bye');
    if (frame.kind === 'bye') seen.push(frame.payload.reason ?? '');
  }
  return seen;
}

const send = (client: RawClient, names: readonly string[]) => {
  for (const [index, name] of names.entries()) client.send(bye(index + 1, 'b', name));
};

test('drop loses a message for its recipient, while its sender is told that it was taken', async () => {
  await using two = await open([{ fault: 'drop', count: 1 }]);
  send(two.a, ['one', 'two']);
  expect(await reasons(two.b, 'two')).toEqual(['two']);
  while ((await two.a.next('ack')).seq < 2);
  expect(two.trace.find(({ fault }) => fault === 'drop')).toMatchObject({
    kind: 'bye',
    from: 'a',
    seq: 1,
    outcome: 'dropped',
  });
});

test('duplicate hands a message on twice, each time with a number of its own', async () => {
  await using two = await open([{ fault: 'duplicate', count: 1 }]);
  send(two.a, ['one', 'two']);
  expect(await reasons(two.b, 'two')).toEqual(['one', 'one', 'two']);
});

test('reorder hands a message on after the next one', async () => {
  await using two = await open([{ fault: 'reorder', count: 1, delayMs: 60_000 }]);
  send(two.a, ['one', 'two', 'three']);
  expect(await reasons(two.b, 'three')).toEqual(['two', 'one', 'three']);
});

test('reorder hands a message on after a while if no other comes', async () => {
  await using two = await open([{ fault: 'reorder', count: 1, delayMs: 20 }]);
  send(two.a, ['one']);
  expect(await reasons(two.b, 'one')).toEqual(['one']);
});

test.for(['delay', 'jitter'] as const)('%s keeps the order of what it holds', async (fault) => {
  await using two = await open([{ fault, delayMs: 50 }]);
  const names = Array.from({ length: 50 }, (_, index) => `${index}`);
  send(two.a, names);
  expect(await reasons(two.b, '49')).toEqual(names);
  const held = two.trace.filter(({ outcome }) => outcome === 'delayed');
  expect(held.length).toBe(50);
});

test('delay of one kind is overtaken by the others', async () => {
  await using two = await open([{ fault: 'delay', kind: 'offer', delayMs: 50 }]);
  two.a.send({ kind: 'description', seq: 1, to: 'b', payload: OFFER });
  two.a.send(bye(2, 'b', 'overtakes'));
  await two.b.next('description');
  expect(two.b.frames.some(({ kind }) => kind === 'bye')).toBe(true);
});

test('corrupt damages one line of a description and says so in the trace', async () => {
  await using two = await open([{ fault: 'corrupt', kind: 'description' }]);
  two.a.send({
    kind: 'description',
    seq: 1,
    to: 'b',
    payload: { type: 'offer', sdp: 'v=0\r\no=- 1 2\r\nm=audio 9\r\n' },
  });
  const { payload } = (await two.b.next('description')) as { payload: { sdp: string } };
  expect(['v=0\r\no=?\r\nm=audio 9\r\n', 'v=0\r\no=- 1 2\r\nm=?\r\n']).toContain(payload.sdp);
  expect(two.trace.find(({ fault }) => fault === 'corrupt')).toMatchObject({ changed: true, payload });
});

test("disconnect cuts the sender's link after taking its message", async () => {
  await using two = await open([{ fault: 'disconnect', from: 'a', count: 1 }]);
  send(two.a, ['one']);
  await two.a.closed;
  expect(await reasons(two.b, 'one')).toEqual(['one']);
  expect(two.stub.health().peers).toBe(2);
});

test('restart ends every link and forgets everybody, and the message with them', async () => {
  await using two = await open([{ fault: 'restart', kind: 'bye', count: 1 }]);
  send(two.a, ['one']);
  await Promise.all([two.a.closed, two.b.closed]);
  expect(two.stub.health()).toMatchObject({ rooms: 0, peers: 0 });
  expect(two.trace.some(({ kind }) => kind === 'restart')).toBe(true);
  expect(two.trace.some(({ outcome }) => outcome === 'relayed')).toBe(false);
});

test('restart that names no message comes after its time', async () => {
  await using two = await open([{ fault: 'restart', afterMs: 50, count: 1 }]);
  await Promise.all([two.a.closed, two.b.closed]);
});

test('restart of a room leaves the other rooms alone', async () => {
  await using two = await open([]);
  await using other = await RawClient.join(two.stub, 'other', 'x');
  two.stub.restart('r');
  await two.a.closed;
  other.send({ kind: 'ping' });
  await other.next('pong');
  expect(two.stub.health()).toMatchObject({ rooms: 1, peers: 1 });
});

/** Which of 60 messages get through, with a third lost. */
async function survivors(faultSeed: number): Promise<string[]> {
  await using two = await open([{ fault: 'drop', kind: 'bye', probability: 1 / 3 }], { faultSeed });
  send(
    two.a,
    Array.from({ length: 60 }, (_, index) => `${index}`),
  );
  two.a.send({ kind: 'description', seq: 61, to: 'b', payload: OFFER });
  await two.b.next('description');
  return two.b.frames.flatMap((frame) => (frame.kind === 'bye' ? (frame.payload.reason ?? '') : []));
}

test('the same seed gives messages the same fate, and another seed another', async () => {
  const first = await survivors(7);
  expect(await survivors(7)).toEqual(first);
  expect(await survivors(8)).not.toEqual(first);
  expect(first.length).toBeGreaterThan(25);
  expect(first.length).toBeLessThan(55);
});

test('faults name rooms, senders and recipients', async () => {
  const elsewhere: FaultRule[] = [
    { fault: 'drop', room: 'other' },
    { fault: 'drop', from: 'b' },
    { fault: 'drop', to: 'a' },
    { fault: 'drop', kind: 'candidate' },
    { fault: 'drop', kind: 'answer' },
    { fault: 'drop', afterMs: 600_000 },
  ];
  await using two = await open(elsewhere);
  send(two.a, ['one']);
  expect(await reasons(two.b, 'one')).toEqual(['one']);
});

test('clearFaults() ends faults, and what was held goes on', async () => {
  await using two = await open([{ fault: 'delay', delayMs: 30 }]);
  send(two.a, ['one']);
  two.stub.clearFaults();
  two.a.send(bye(2, 'b', 'two'));
  expect((await reasons(two.b, 'one')).at(-1)).toBe('one');
});

test('closing the stub forgets what is held', async () => {
  await using two = await open([{ fault: 'delay', delayMs: 600_000 }]);
  send(two.a, ['one']);
  while ((await two.a.next('ack')).seq < 1);
  await two.stub.close();
});
