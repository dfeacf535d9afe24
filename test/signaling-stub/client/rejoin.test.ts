import { expect, test } from 'vitest';
import { openSignalingStub } from '../../../signaling-stub/server.ts';
import { listen, reasons } from './joined.ts';

/** Two clients that know of each other. */
async function two(stub: Parameters<typeof listen>[0], options: Parameters<typeof listen>[2] = {}) {
  const a = listen(stub, 'a', options);
  await a.client.joined;
  const b = listen(stub, 'b', options);
  await a.until(({ rosters }) => rosters.at(-1)?.includes('b') === true);
  await b.until(({ rosters }) => rosters.at(-1)?.includes('a') === true);
  return {
    a,
    b,
    [Symbol.asyncDispose]: async () => void (await Promise.all([a.client.close(), b.client.close()])),
  };
}

test('a client joins anew by itself if the server was restarted, and hears the roster anew', async () => {
  await using stub = await openSignalingStub();
  const whys: string[] = [];
  await using pair = await two(stub, { onStateChange: (_, why) => whys.push(why) });
  const { a, b } = pair;
  const before = [a, b].map(({ heard }) => heard.rosters.length);
  stub.restart();
  for (const [index, { until }] of [a, b].entries()) {
    const other = ['b', 'a'][index]!;
    await until(({ rosters }) => rosters.length > before[index]! && rosters.at(-1)?.includes(other) === true);
  }
  expect(whys.filter((why) => why === 'rejoined')).toHaveLength(2);
  expect([a.heard.errors, b.heard.errors]).toEqual([[], []]);
  expect(stub.health()).toMatchObject({ rooms: 1, peers: 2 });
});

test('what was on its way at a restart is sent again, in order, once its recipient is back', async () => {
  await using stub = await openSignalingStub();
  await using pair = await two(stub);
  const { a, b } = pair;
  stub.restart();
  await Promise.all([a, b].map(({ until }) => until(({ states }) => states.includes('reconnecting'))));
  const names = Array.from({ length: 40 }, (_, index) => `${index}`);
  for (const reason of names) a.client.send('b', 'bye', { reason });
  await b.until(({ messages }) => messages.length >= names.length);
  expect(reasons(b.heard.messages)).toEqual(names);
  expect(a.heard.errors).toEqual([]);
});

test('what is sent while the other side is not back yet waits for it', async () => {
  await using stub = await openSignalingStub();
  await using late = listen(stub, 'late', { backoff: { baseMs: 400, maxMs: 400 } });
  await late.client.joined;
  await using a = listen(stub, 'a');
  await a.until(({ rosters }) => rosters.at(-1)?.includes('late') === true);
  stub.restart();
  await a.until(({ states }) => states.filter((state) => state === 'open').length === 2);
  a.client.send('late', 'bye', { reason: 'kept' });
  a.client.send(undefined, 'bye', { reason: 'to all' });
  await late.until(({ messages }) => messages.length === 2);
  expect(reasons(late.heard.messages)).toEqual(['kept', 'to all']);
  expect(a.heard.errors).toEqual([]);
});

test('whoever does not come back is given up after the grace time, with an error', async () => {
  await using stub = await openSignalingStub({ resumeGraceMs: 100 });
  await using a = listen(stub, 'a');
  await a.client.joined;
  const gone = listen(stub, 'gone', { backoff: { baseMs: 600_000, maxMs: 600_000 } });
  await a.until(({ rosters }) => rosters.at(-1)?.includes('gone') === true);
  stub.restart();
  await a.until(({ states }) => states.filter((state) => state === 'open').length === 2);
  a.client.send('gone', 'bye', { reason: 'lost' });
  await a.until(({ errors }) => errors.length > 0);
  expect(a.heard.errors).toEqual(['unknown-recipient']);
  await gone.client.close();
});

test('a client joins anew if another process took the place of the server', async () => {
  const stub = await openSignalingStub();
  await using a = listen(stub, 'a');
  await a.client.joined;
  const { port, token } = stub;
  await stub.close();
  await a.until(({ states }) => states.at(-1) === 'reconnecting');
  await using again = await openSignalingStub({ port, token });
  await a.until(({ states }) => states.at(-1) === 'open');
  expect([a.heard.errors, again.health().peers]).toEqual([[], 1]);
});

test('a client closes if its name was taken meanwhile', async () => {
  const stub = await openSignalingStub();
  await using a = listen(stub, 'a', { backoff: { baseMs: 300, maxMs: 300 } });
  await a.client.joined;
  const { port, token } = stub;
  await stub.close();
  await a.until(({ states }) => states.at(-1) === 'reconnecting');
  await using again = await openSignalingStub({ port, token });
  await using thief = listen(again, 'a');
  await thief.client.joined;
  await a.until(({ states }) => states.at(-1) === 'closed');
  expect(a.heard.errors).toEqual(['name-taken']);
});

test('close() after a restart still delivers what it can', async () => {
  await using stub = await openSignalingStub();
  await using pair = await two(stub);
  const { a, b } = pair;
  stub.restart();
  await a.until(({ states }) => states.includes('reconnecting'));
  a.client.send('b', 'bye', { reason: 'last words' });
  await a.client.close();
  await b.until(({ messages }) => messages.length === 1);
  expect(reasons(b.heard.messages)).toEqual(['last words']);
});
