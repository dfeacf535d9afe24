import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { openSignalingStub } from '../../signaling-stub/server.ts';
import { listen, reasons } from '../signaling-stub/client/joined.ts';
import { RawClient } from '../signaling-stub/raw-client.ts';

const IDLE = 2000;
const ROOMS = 200;
const PER_SECOND = 10;
const SECONDS = 3;
const NAMES = Array.from({ length: PER_SECOND * SECONDS }, (_, index) => `${index}`);

const inTurns = async <Item>(
  items: readonly Item[],
  size: number,
  work: (item: Item) => Promise<unknown>,
) => {
  for (let at = 0; at < items.length; at += size) await Promise.all(items.slice(at, at + size).map(work));
};

test(`${ROOMS} rooms at ${PER_SECOND} messages a second lose nothing and keep their order, beside ${IDLE} idle sockets`, async () => {
  await using stub = await openSignalingStub({ limits: { rooms: 2 * IDLE } });
  const idle: RawClient[] = [];
  await inTurns(
    Array.from({ length: IDLE }, (_, index) => index),
    50,
    async (index) => void idle.push(await RawClient.join(stub, `idle-${index >> 1}`, `p${index}`)),
  );
  const rooms = Array.from({ length: ROOMS }, (_, index) => {
    const join = (peer: string) => listen(stub, peer, { WebSocket, room: `busy-${index}` });
    return { a: join('a'), b: join('b') };
  });
  await inTurns(rooms, 50, ({ a, b }) => Promise.all([a.client.joined, b.client.joined]));
  expect(stub.health()).toMatchObject({ rooms: ROOMS + IDLE / 2, peers: 2 * ROOMS + IDLE });

  const unsent = [...NAMES];
  const timer = setInterval(() => {
    const reason = unsent.shift();
    if (reason === undefined) clearInterval(timer);
    else for (const { a } of rooms) a.client.send('b', 'bye', { reason });
  }, 1000 / PER_SECOND);
  await Promise.all(rooms.map(({ b }) => b.until(({ messages }) => messages.length >= NAMES.length)));

  for (const { a, b } of rooms) {
    expect(reasons(b.heard.messages)).toEqual(NAMES);
    expect([a.heard.errors, b.heard.errors, b.heard.states]).toEqual([[], [], ['open']]);
  }
  expect(stub.health()).toMatchObject({ messages: ROOMS * NAMES.length, peers: 2 * ROOMS + IDLE });
  await inTurns(rooms, 50, ({ a, b }) => Promise.all([a.client.close(), b.client.close()]));
  await inTurns(idle, 50, (client) => client[Symbol.asyncDispose]());
});
