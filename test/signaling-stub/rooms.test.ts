import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS, type Limits } from '../../signaling-stub/limits.ts';
import type { RelayedMessage, ServerFrame } from '../../signaling-stub/protocol.ts';
import { Rooms, type Member } from '../../signaling-stub/rooms.ts';
import type { Connection } from '../../signaling-stub/transports/transport.ts';

const GRACE_MS = 1000;

describe('Rooms.join()', () => {
  test('gives the newcomer the roster and tells the others', () => {
    const { enter } = setUp();
    const [caller, callee] = [enter('caller'), enter('callee')];
    expect(pending(callee.member)).toEqual([{ kind: 'roster', seq: 1, room: 'r', peers: ['caller'] }]);
    expect(caller.received).toEqual([{ kind: 'peer-joined', seq: 2, room: 'r', peer: 'callee' }]);
  });

  test('refuses a name that is taken', () => {
    const { rooms, enter } = setUp();
    enter('caller');
    expect(rooms.join(request('caller', 'another key'))).toMatchObject({ refusal: { code: 'name-taken' } });
  });

  test('gives a place anew to its owner, at once, and tells the others; to nobody else', () => {
    const { rooms, enter } = setUp();
    const caller = enter('caller');
    const first = { ...request('callee', 'first key'), owner: 'secret' };
    rooms.join(first);
    for (const owner of [undefined, 'other']) {
      expect(rooms.join({ ...request('callee', 'second key'), owner })).toMatchObject({
        refusal: { code: 'name-taken' },
      });
    }
    const anew = rooms.join({ ...request('callee', 'second key'), owner: 'secret' });
    expect(anew).toMatchObject({ ok: true, resumed: false, replaced: first.connection });
    expect(caller.received.slice(-2)).toMatchObject([
      { kind: 'peer-left', peer: 'callee', reason: 'replaced' },
      { kind: 'peer-joined', peer: 'callee' },
    ]);
    expect(rooms.counts.peers).toBe(2);
  });

  test('refuses to resume what it does not know', () => {
    const { rooms } = setUp();
    expect(rooms.join({ ...request('caller', 'key'), lastSeq: 4 })).toMatchObject({
      refusal: { code: 'resume-unknown' },
    });
  });

  test('refuses to resume after a number that was given away or never given', () => {
    const { rooms, enter } = setUp();
    const { member } = enter('caller');
    enter('callee');
    member.outbox.acknowledge(2);
    for (const lastSeq of [1, 9]) {
      expect(rooms.join({ ...request('caller', member.key), lastSeq })).toMatchObject({
        refusal: { code: 'resume-unknown' },
      });
    }
  });

  test.for<[Partial<Limits>, string, string]>([
    [{ rooms: 1 }, 'another room', 'room-limit'],
    [{ peersPerRoom: 1 }, 'r', 'peer-limit'],
    [{ peers: 1 }, 'another room', 'peer-limit'],
  ])('refuses one more than %j', ([limits, room, code]) => {
    const { rooms, enter } = setUp(limits);
    enter('caller');
    expect(rooms.join({ ...request('callee', 'key'), room })).toMatchObject({ refusal: { code } });
  });
});

describe('Rooms.relay()', () => {
  test('reaches the named peer only', () => {
    const { rooms, enter } = setUp();
    const [a, b, c] = [enter('a'), enter('b'), enter('c')];
    const before = [a, c].map(({ received }) => received.length);
    expect(rooms.relay(bye('a', 'b'), 10)).toEqual([{ to: 'b', outcome: 'relayed' }]);
    expect(b.received.at(-1)).toMatchObject({ kind: 'bye', from: 'a', to: 'b' });
    expect([a, c].map(({ received }) => received.length)).toEqual(before);
  });

  test('reaches everybody else in the room without a recipient, and nobody outside', () => {
    const { rooms, enter } = setUp();
    for (const peer of ['a', 'b', 'c']) enter(peer);
    enter('d', 'another room');
    expect(rooms.relay(bye('a'), 10).map(({ to }) => to)).toEqual(['b', 'c']);
  });

  test('is empty if there is no such peer', () => {
    const { rooms, enter } = setUp();
    enter('a');
    expect([rooms.relay(bye('a', 'b'), 10), rooms.relay(bye('a'), 10)]).toEqual([[], []]);
  });

  test('queues for a peer that is away, and resuming gives it everything in order', () => {
    const { rooms, enter } = setUp();
    const [a, b] = [enter('a'), enter('b')];
    rooms.detach(b.member, b.connection, 0);
    for (const reason of ['1', '2', '3']) {
      expect(rooms.relay(bye('a', 'b', reason), 10)).toEqual([{ to: 'b', outcome: 'queued' }]);
    }
    const resumed = rooms.join({ ...request('b', b.member.key), lastSeq: 1 });
    expect(resumed).toMatchObject({ ok: true, resumed: true, replaced: undefined });
    expect(pending(b.member).map((frame) => 'payload' in frame && frame.payload)).toEqual([
      { reason: '1' },
      { reason: '2' },
      { reason: '3' },
    ]);
    expect(a.received.filter(({ kind }) => kind === 'peer-left')).toEqual([]);
  });

  test('says queue-full if the peer acknowledges nothing', () => {
    const { rooms, enter } = setUp({ queueLength: 2 });
    enter('a');
    enter('b');
    rooms.relay(bye('a', 'b'), 10);
    expect(rooms.relay(bye('a', 'b'), 10)).toEqual([{ to: 'b', outcome: 'queue-full' }]);
  });
});

describe('Rooms.expire()', () => {
  test('gives up the places of those who were away too long, and tells the others', () => {
    const { rooms, enter } = setUp();
    const [a, b] = [enter('a'), enter('b')];
    rooms.detach(b.member, b.connection, 500);
    expect(rooms.nextExpiryMs).toBe(1500);
    expect(rooms.expire(1499)).toEqual([]);
    expect(rooms.expire(1500)).toEqual([b.member]);
    expect(a.received.at(-1)).toMatchObject({ kind: 'peer-left', peer: 'b', reason: 'lost' });
    expect([rooms.counts, rooms.nextExpiryMs]).toEqual([{ rooms: 1, peers: 1 }, undefined]);
  });
});

test('Rooms.detach() does nothing if another connection has taken over', () => {
  const { rooms, enter } = setUp();
  const { member, connection } = enter('a');
  const again = request('a', member.key);
  expect(rooms.join(again)).toMatchObject({ ok: true, resumed: true, replaced: connection });
  expect(rooms.detach(member, connection, 0)).toBe(false);
  expect(member.connection).toBe(again.connection);
});

test('Rooms.leave() removes the last peer and its room', () => {
  const { rooms, enter } = setUp();
  const { member } = enter('a');
  rooms.leave(member, 'left');
  rooms.leave(member, 'left');
  expect(rooms.counts).toEqual({ rooms: 0, peers: 0 });
});

test('Rooms drops a peer if not even the roster fits into its queue', () => {
  const { rooms, enter, overflown } = setUp({ queueLength: 2 });
  enter('a');
  enter('b').member.outbox.acknowledge(1);
  enter('c');
  expect(overflown).toEqual(['a']);
  expect(rooms.find('r', 'a')).toBeUndefined();
});

function setUp(limits: Partial<Limits> = {}) {
  const overflown: string[] = [];
  const rooms = new Rooms({
    limits: { ...DEFAULT_LIMITS, ...limits },
    resumeGraceMs: GRACE_MS,
    onOverflow: ({ peer }) => overflown.push(peer),
  });
  const enter = (peer: string, room = 'r') => {
    const received: ServerFrame[] = [];
    const connection = connectionTo(received);
    const result = rooms.join({ room, peer, key: `key of ${peer}`, lastSeq: undefined, connection });
    if (!result.ok) throw new Error(result.refusal.message);
    return { member: result.member, received, connection };
  };
  return { rooms, enter, overflown };
}

function request(peer: string, key: string) {
  return { room: 'r', peer, key, lastSeq: undefined, connection: connectionTo([]) };
}

function connectionTo(received: ServerFrame[]): Connection {
  const nothing = () => {};
  const send = (frame: string) => void received.push(JSON.parse(frame) as ServerFrame);
  return { token: undefined, remote: 'test', send, close: nothing, terminate: nothing };
}

function pending(member: Member): ServerFrame[] {
  return member.outbox.pending().map((text) => JSON.parse(text) as ServerFrame);
}

function bye(from: string, to?: string, reason = ''): RelayedMessage {
  return { kind: 'bye', room: 'r', from, payload: { reason }, ...(to === undefined ? {} : { to }) };
}
