import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { openSignalingStub, type SignalingStubOptions } from '../../signaling-stub/server.ts';
import { bye, description, OFFER, RawClient } from './raw-client.ts';
import { seededRandom } from './random.ts';

const open = (options: SignalingStubOptions = {}) => openSignalingStub(options);

describe('A connection without the right token', () => {
  test.for(['?token=wrong', '?token='])(
    'is closed with 4401 after a typed error if it came with %s',
    async (query) => {
      await using stub = await open();
      await using client = await RawClient.open(stub.url + query);
      expect(await client.nextError()).toMatchObject({ code: 'unauthorized', fatal: true });
      expect(await client.closed).toEqual({ code: 4401, reason: 'unauthorized' });
    },
  );

  test.for([
    '{"kind":"join","room":"r","peer":"p"}',
    '{"kind":"join","room":"r","peer":"p","token":"wrong"}',
    '{"kind":"ping"}',
    'garbage',
  ])('is closed with 4401 after %s', async (frame) => {
    await using stub = await open();
    await using client = await RawClient.open(stub.url);
    client.sendRaw(frame);
    expect(await client.nextError()).toMatchObject({ code: 'unauthorized', fatal: true });
    expect((await client.closed).code).toBe(4401);
  });

  test('is closed if it does not join in time', async () => {
    await using stub = await open({ joinTimeoutMs: 20 });
    await using client = await RawClient.open(stub.url);
    expect(await client.nextError()).toMatchObject({ code: 'join-timeout', fatal: true });
    expect((await client.closed).code).toBe(4408);
  });

  test('is closed if too many others wait already', async () => {
    await using stub = await open({ limits: { peers: 1 } });
    await using _first = await RawClient.open(stub.url);
    await using second = await RawClient.open(stub.url);
    expect(await second.nextError()).toMatchObject({ code: 'peer-limit', fatal: true });
  });
});

describe('join', () => {
  test('is welcomed with the token in the query instead of the frame', async () => {
    await using stub = await open();
    await using client = await RawClient.open(`${stub.url}?token=${stub.token}`);
    client.send({ kind: 'join', room: 'r', peer: 'p' });
    const welcome = await client.next('welcome');
    expect(welcome).toMatchObject({
      room: 'r',
      peer: 'p',
      resumed: false,
      lastSeq: 0,
      messageBytes: 262_144,
    });
    expect(welcome.key.length).toBeGreaterThanOrEqual(16);
  });

  test('gives late joiners the roster', async () => {
    await using stub = await open();
    await using _a = await RawClient.join(stub, 'r', 'a');
    await using _b = await RawClient.join(stub, 'r', 'b');
    await using c = await RawClient.open(stub.url);
    c.send({ kind: 'join', room: 'r', peer: 'c', token: stub.token });
    expect((await c.next('roster')).peers).toEqual(['a', 'b']);
  });

  test.for([
    [{ rooms: 1 }, 'other', 'room-limit', 4430],
    [{ peersPerRoom: 1 }, 'r', 'peer-limit', 4431],
  ] as const)('is refused beyond %j', async ([limits, room, code, closeCode]) => {
    await using stub = await open({ limits });
    await using _first = await RawClient.join(stub, 'r', 'first');
    await using second = await RawClient.open(stub.url);
    second.send({ kind: 'join', room, peer: 'second', token: stub.token });
    expect(await second.nextError()).toMatchObject({ code, fatal: true });
    expect((await second.closed).code).toBe(closeCode);
  });

  test('is refused if the name is taken', async () => {
    await using stub = await open();
    await using _first = await RawClient.join(stub, 'r', 'same');
    await using second = await RawClient.open(stub.url);
    second.send({ kind: 'join', room: 'r', peer: 'same', token: stub.token });
    expect(await second.nextError()).toMatchObject({ code: 'name-taken', fatal: true });
  });

  test('is refused twice on one connection, which stays open', async () => {
    await using stub = await open();
    await using client = await RawClient.join(stub, 'r', 'p');
    client.send({ kind: 'join', room: 'other', peer: 'p' });
    expect(await client.nextError()).toMatchObject({ code: 'bad-message', fatal: false });
  });

  test('takes a session over from a connection that is still open', async () => {
    await using stub = await open();
    const key = 'a secret of the client';
    await using first = await RawClient.join(stub, 'r', 'p', { key });
    await using second = await RawClient.open(stub.url);
    second.send({ kind: 'join', room: 'r', peer: 'p', token: stub.token, key, lastSeq: 1 });
    expect((await second.next('welcome')).resumed).toBe(true);
    expect(await first.nextError()).toMatchObject({ code: 'replaced', fatal: true });
    expect((await first.closed).code).toBe(4410);
  });
});

describe('A frame that cannot be acted on', () => {
  test('is answered with not-joined before join', async () => {
    await using stub = await open();
    await using client = await RawClient.open(`${stub.url}?token=${stub.token}`);
    client.send(description(1));
    expect(await client.nextError()).toMatchObject({ code: 'not-joined', seq: 1, fatal: false });
  });

  test('is answered with unknown-recipient, and the next one goes through', async () => {
    await using stub = await open();
    await using a = await RawClient.join(stub, 'r', 'a');
    await using b = await RawClient.join(stub, 'r', 'b');
    a.send(description(1, 'nobody'));
    a.send(description(2, 'b'));
    expect(await a.nextError()).toMatchObject({ code: 'unknown-recipient', seq: 1, fatal: false });
    expect(await b.next('description')).toMatchObject({ from: 'a', to: 'b', payload: OFFER });
    expect((await a.next('ack')).seq).toBe(2);
  });

  test('is answered with bad-message and counts as dealt with if its number is readable', async () => {
    await using stub = await open();
    await using a = await RawClient.join(stub, 'r', 'a');
    await using b = await RawClient.join(stub, 'r', 'b');
    a.send({ kind: 'description', seq: 1, payload: 'nonsense' });
    a.send(description(2, 'b'));
    expect(await a.nextError()).toMatchObject({ code: 'bad-message', seq: 1, fatal: false });
    expect(await b.next('description')).toMatchObject({ from: 'a' });
  });

  test('is answered with message-too-large, and the next one goes through', async () => {
    await using stub = await open({ limits: { messageBytes: 1000 } });
    await using a = await RawClient.join(stub, 'r', 'a');
    await using b = await RawClient.join(stub, 'r', 'b');
    a.send(bye(1, 'b', 'x'.repeat(1500)));
    a.send(bye(2, 'b', 'small'));
    expect(await a.nextError()).toMatchObject({ code: 'message-too-large', seq: 1, fatal: false });
    expect(await b.next('bye')).toMatchObject({ payload: { reason: 'small' } });
  });

  test('closes the connection with 1009 and gives the place up if it is too large to be read', async () => {
    await using stub = await open({ limits: { messageBytes: 1000 } });
    await using a = await RawClient.join(stub, 'r', 'a');
    await using b = await RawClient.join(stub, 'r', 'b');
    a.send(bye(1, 'b', 'x'.repeat(2500)));
    expect((await a.closed).code).toBe(1009);
    expect(await b.next('peer-left')).toMatchObject({ peer: 'a' });
  });

  test('is answered with bad-message if a number was left out, and nothing is relayed', async () => {
    await using stub = await open();
    await using a = await RawClient.join(stub, 'r', 'a');
    await using b = await RawClient.join(stub, 'r', 'b');
    a.send(bye(2, 'b', 'too early'));
    expect(await a.nextError()).toMatchObject({ code: 'bad-message', hint: 'send again from 1 on' });
    a.send(bye(1, 'b', 'in order'));
    expect(await b.next('bye')).toMatchObject({ payload: { reason: 'in order' } });
  });

  test('is answered with bad-message if it acknowledges what was never sent', async () => {
    await using stub = await open();
    await using client = await RawClient.join(stub, 'r', 'a');
    client.send({ kind: 'ack', seq: 99 });
    expect(await client.nextError()).toMatchObject({ code: 'bad-message', fatal: false });
  });

  test('is answered with bad-message if it is binary', async () => {
    await using stub = await open();
    await using client = await RawClient.join(stub, 'r', 'a');
    client.sendRaw(Buffer.from([1, 2, 3]));
    expect(await client.nextError()).toMatchObject({ code: 'bad-message', fatal: false });
  });
});

describe('A peer that sends too much', () => {
  test('hears rate-limited once, and what it sends again later goes through in order', async () => {
    await using stub = await open({ limits: { messagesPerSecond: 1000, burst: 4 } });
    await using a = await RawClient.join(stub, 'r', 'a');
    await using b = await RawClient.join(stub, 'r', 'b');
    for (let seq = 1; seq <= 20; seq += 1) a.send(bye(seq, 'b', String(seq)));
    const error = await a.nextError();
    expect(error).toMatchObject({ code: 'rate-limited', fatal: false });
    expect(error.retryAfterMs).toBeGreaterThan(0);
    const limited = error.seq ?? 0;
    const relayed = Array.from({ length: limited - 1 }, () => b.next('bye'));
    expect((await Promise.all(relayed)).map(({ payload }) => Number(payload.reason))).toEqual(
      Array.from({ length: limited - 1 }, (_, index) => index + 1),
    );
    // The protocol's own wait.
    await new Promise((resolve) => setTimeout(resolve, error.retryAfterMs));
    a.send(bye(limited, 'b', 'again'));
    expect(await b.next('bye')).toMatchObject({ payload: { reason: 'again' } });
  });

  test('hears queue-full if the recipient acknowledges nothing', async () => {
    await using stub = await open({ limits: { queueLength: 3 } });
    await using a = await RawClient.join(stub, 'r', 'a');
    await using _b = await RawClient.join(stub, 'r', 'b');
    for (let seq = 1; seq <= 3; seq += 1) a.send(bye(seq, 'b'));
    expect(await a.nextError()).toMatchObject({ code: 'queue-full', seq: 3, fatal: false });
  });
});

test('The stub survives garbage of every kind and goes on serving', async () => {
  await using stub = await open({ limits: { messageBytes: 2000 } });
  await using b = await RawClient.join(stub, 'good', 'b');
  const random = seededRandom(7);
  for (let round = 0; round < 30; round += 1) {
    await using client = await RawClient.open(`${stub.url}?token=${stub.token}`);
    client.send({ kind: 'join', room: 'bad', peer: `p${round}` });
    for (let count = 0; count < 20; count += 1) {
      const bytes = randomBytes(1 + Math.floor(random() * 2600));
      client.sendRaw(random() < 0.5 ? bytes : bytes.toString(random() < 0.5 ? 'latin1' : 'base64'));
    }
    client.send({ kind: 'leave' });
    // Left, or too large to be read; never an internal error (1011) or a broken link (1006).
    expect([1000, 1009]).toContain((await client.closed).code);
    expect((await client.nextError()).code).toMatch(/bad-message|message-too-large/);
  }
  await using a = await RawClient.join(stub, 'good', 'a');
  a.send(bye(1, 'b', 'still here'));
  expect(await b.next('bye')).toMatchObject({ payload: { reason: 'still here' } });
  expect(stub.health().status).toBe('ok');
});

test('A peer that stays away is lost after the grace time', async () => {
  await using stub = await open({ resumeGraceMs: 30 });
  await using a = await RawClient.join(stub, 'r', 'a');
  await using b = await RawClient.join(stub, 'r', 'b');
  b.cut();
  expect(await a.next('peer-left')).toMatchObject({ peer: 'b', reason: 'lost' });
  expect(stub.health()).toMatchObject({ rooms: 1, peers: 1 });
});

test('A peer that no longer answers heartbeats is disconnected', async () => {
  await using stub = await open({ heartbeatMs: 20, resumeGraceMs: 20 });
  await using a = await RawClient.join(stub, 'r', 'a');
  await using b = await RawClient.join(stub, 'r', 'b');
  b.pause();
  expect(await a.next('peer-left')).toMatchObject({ peer: 'b', reason: 'lost' });
});
