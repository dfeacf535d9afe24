import { describe, expect, test } from 'vitest';
import type { RelayedMessage } from '../../signaling-stub/protocol.ts';
import { openSignalingStub, type SignalingStubOptions } from '../../signaling-stub/server.ts';
import type { TraceEntry } from '../../signaling-stub/trace.ts';
import { bye, description, OFFER, RawClient } from './raw-client.ts';

async function openTraced(options: SignalingStubOptions = {}) {
  const entries: TraceEntry[] = [];
  let wake = () => {};
  const onTrace = (entry: TraceEntry) => {
    entries.push(entry);
    wake();
  };
  const stub = await openSignalingStub({ ...options, onTrace });
  const until = async (kind: TraceEntry['kind']) => {
    while (entries.at(-1)?.kind !== kind) await new Promise<void>((resolve) => (wake = resolve));
  };
  return { stub, entries, until, [Symbol.asyncDispose]: () => stub.close() };
}

describe('onTrace', () => {
  test('tells who sent what to whom and when, with all that a replay needs', async () => {
    await using traced = await openTraced();
    const startMs = Date.now();
    await using a = await RawClient.join(traced.stub, 'r', 'a');
    await using b = await RawClient.join(traced.stub, 'r', 'b');
    const frame = { ...description(1, 'b'), connection: 'screen' };
    a.send(frame);
    await b.next('description');
    const entry = traced.entries.find(({ kind }) => kind === 'description');
    expect(entry).toEqual({
      t: expect.any(Number) as number,
      kind: 'description',
      room: 'r',
      from: 'a',
      to: 'b',
      seq: 1,
      connection: 'screen',
      sizeBytes: JSON.stringify(frame).length,
      outcome: 'relayed',
      payload: OFFER,
    });
    expect(entry?.t).toBeGreaterThanOrEqual(startMs);
  });

  test('has a line for each recipient of a broadcast', async () => {
    await using traced = await openTraced();
    await using a = await RawClient.join(traced.stub, 'r', 'a');
    await using _b = await RawClient.join(traced.stub, 'r', 'b');
    await using c = await RawClient.join(traced.stub, 'r', 'c');
    a.send(bye(1));
    await c.next('bye');
    const lines = traced.entries.filter(({ kind }) => kind === 'bye');
    expect(lines).toMatchObject([
      { to: 'b', broadcast: true, outcome: 'relayed' },
      { to: 'c', broadcast: true, outcome: 'relayed' },
    ]);
  });

  test('tells what was queued, rejected, dropped and who came and went', async () => {
    await using traced = await openTraced({ limits: { messageBytes: 1000 } });
    await using a = await RawClient.join(traced.stub, 'r', 'a');
    a.send(bye(1));
    const key = 'a secret of the client';
    await using b = await RawClient.join(traced.stub, 'r', 'b', { key });
    b.cut();
    await traced.until('disconnect');
    a.send(bye(2, 'nobody'));
    await a.nextError();
    a.send(bye(3, 'b'));
    a.send(bye(4, 'b', 'x'.repeat(1200)));
    await a.nextError();
    await using again = await RawClient.open(traced.stub.url);
    again.send({ kind: 'join', room: 'r', peer: 'b', key, token: traced.stub.token, lastSeq: 1 });
    await again.next('bye');
    a.send({ kind: 'leave' });
    await again.next('peer-left');
    const seen = traced.entries.map(({ kind, from, outcome, why }) => [kind, from, outcome, why]);
    expect(seen).toEqual([
      ['join', 'a', 'accepted', undefined],
      ['bye', 'a', 'dropped', 'nobody else is in the room'],
      ['join', 'b', 'accepted', undefined],
      ['disconnect', 'b', 'accepted', undefined],
      ['bye', 'a', 'rejected', 'unknown-recipient'],
      ['bye', 'a', 'queued', undefined],
      ['unreadable', 'a', 'rejected', expect.stringContaining('message-too-large')],
      ['resume', 'b', 'accepted', '1 frames sent again'],
      ['leave', 'a', 'accepted', undefined],
    ]);
  });

  test('tells that somebody came without the token', async () => {
    await using traced = await openTraced();
    await using client = await RawClient.open(`${traced.stub.url}?token=wrong`);
    await client.closed;
    expect(traced.entries).toMatchObject([{ kind: 'unreadable', outcome: 'rejected', why: 'unauthorized' }]);
  });
});

describe('intercept', () => {
  const relayAll = async (intercept: SignalingStubOptions['intercept'], frames: object[]) => {
    await using traced = await openTraced(intercept ? { intercept } : {});
    await using a = await RawClient.join(traced.stub, 'r', 'a');
    await using b = await RawClient.join(traced.stub, 'r', 'b');
    for (const frame of frames) a.send(frame);
    await a.next('ack');
    a.send({ kind: 'leave' });
    await b.next('peer-left');
    const relayed = traced.entries.filter(({ kind }) => kind === 'description');
    return { received: b.frames.filter(({ kind }) => kind === 'description'), relayed };
  };

  test('drops what it returns undefined for, and the trace says so', async () => {
    const answer = { kind: 'description', seq: 2, to: 'b', payload: { type: 'answer', sdp: 'v=0' } };
    const isAnswer = ({ kind, payload }: RelayedMessage) =>
      kind === 'description' && payload !== null && 'type' in payload && payload.type === 'answer';
    const { received, relayed } = await relayAll(
      (message) => (isAnswer(message) ? undefined : message),
      [description(1, 'b'), answer],
    );
    expect(received).toMatchObject([{ payload: OFFER }]);
    expect(relayed).toMatchObject([
      { seq: 1, outcome: 'relayed' },
      { seq: 2, outcome: 'dropped', why: 'dropped by the intercept hook' },
    ]);
  });

  test('changes a message but neither its sender nor its room', async () => {
    const { received, relayed } = await relayAll(
      (message) =>
        message.kind === 'description'
          ? { ...message, from: 'somebody else', room: 'other', payload: { type: 'offer', sdp: 'corrupt' } }
          : message,
      [description(1, 'b')],
    );
    expect(received).toMatchObject([{ from: 'a', room: 'r', payload: { sdp: 'corrupt' } }]);
    expect(relayed).toMatchObject([{ outcome: 'relayed', changed: true, payload: { sdp: 'corrupt' } }]);
  });

  test('drops the message if it throws, and the stub goes on', async () => {
    const { received, relayed } = await relayAll(() => {
      throw new Error('broken hook');
    }, [description(1, 'b')]);
    expect(received).toEqual([]);
    expect(relayed).toMatchObject([{ outcome: 'dropped', why: 'the intercept hook threw: broken hook' }]);
  });
});
