import { expect, test } from 'vitest';
import { AsyncStack } from '../../harness/lifecycle/async-stack.ts';
import { PhaseError } from '../../harness/peer/agent/phase-error.ts';
import type { ControlChannel } from '../../harness/peer/control-channel.ts';
import { ControlServer } from '../../harness/peer/control-server.ts';
import type { StatsDelta } from '../../harness/stats/sample.ts';
import { type FakeAgent, type FakeAgentOptions, never, openFakeAgent } from '../helpers/fake-agent.ts';

interface Pair extends AsyncDisposable {
  channel: ControlChannel;
  agent: FakeAgent;
}

async function openPair({ silenceMs, ...options }: FakeAgentOptions & { silenceMs?: number } = {}) {
  await using stack = new AsyncStack();
  const server = stack.use(
    await ControlServer.open({ host: '127.0.0.1', ...(silenceMs !== undefined && { silenceMs }) }),
  );
  const seat = server.seat({ role: 'caller' });
  const agent = stack.use(await openFakeAgent(seat.url, options));
  const channel = stack.use(await seat.channel);
  const owned = stack.move();
  return { channel, agent, [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose]() } satisfies Pair;
}

/** Something that is pending when the page goes. */
const pending = ({ channel }: Pair) => [
  channel.command('received', null).catch((error: unknown) => error),
  channel.command('hungUp', { remote: 'x' }).catch((error: unknown) => error),
];
const STUCK = { received: never, hungUp: never };

test('ControlChannel.command() resolves with what the agent answers', async () => {
  await using pair = await openPair({
    answers: { evaluate: ({ body, arg }) => ({ body, twice: Number(arg) * 2 }) },
  });
  expect(await pair.channel.command('evaluate', { body: 'x', arg: 21 })).toEqual({ body: 'x', twice: 42 });
});

test('ControlChannel.command() gets its own answer if answers come in another order', async () => {
  let release = () => {};
  const first = new Promise<void>((resolve) => (release = resolve));
  await using pair = await openPair({
    answers: { received: () => first.then(() => null), marks: () => ({ start: 1 }) },
  });
  const received = pair.channel.command('received', null);
  expect(await pair.channel.command('marks', {})).toEqual({ start: 1 });
  release();
  expect(await received).toBeNull();
});

test("ControlChannel.command() rejects with the agent's words and phase if the agent answers a fault", async () => {
  await using pair = await openPair({
    answers: {
      openMedia: () => {
        throw new PhaseError('media', 'no camera', new DOMException('', 'NotFoundError'));
      },
    },
  });
  await expect(pair.channel.command('openMedia', { audio: true, video: false })).rejects.toMatchObject({
    name: 'PeerError',
    message: 'no camera',
    code: 'PEER_FAULT',
    details: { phase: 'media', name: 'NotFoundError', command: 'openMedia' },
  });
  expect(await pair.channel.command('sample', null)).toBeNull();
});

test('ControlChannel.command() says no phase if the agent knows none', async () => {
  const stats = () => {
    throw new TypeError('a bug');
  };
  await using pair = await openPair({ answers: { stats } });
  await expect(pair.channel.command('stats', null)).rejects.toMatchObject({
    details: { name: 'TypeError', command: 'stats' },
  });
  await expect(pair.channel.command('stats', null)).rejects.not.toHaveProperty('details.phase');
});

test('ControlChannel rejects all that is pending at once, with one error, if the page dies', async () => {
  await using pair = await openPair({ answers: STUCK });
  const [received, hungUp] = pending(pair);
  await pair.channel.command('sample', null);
  pair.agent.die();
  const why = await pair.channel.gone;
  expect(await received).toBe(why);
  expect(await hungUp).toBe(why);
  expect(pair.channel.lost).toBe(why);
  expect(why).toMatchObject({
    message: 'the page closed its control channel (code 1006) while it was asked to received, hungUp',
    code: 'PEER_GONE',
    details: { phase: 'agent', pending: ['received', 'hungUp'] },
  });
  await expect(pair.channel.command('sample', null)).rejects.toBe(why);
});

test('ControlChannel rejects all that is pending if the page hangs', async () => {
  await using pair = await openPair({ answers: STUCK, silenceMs: 300 });
  const [received] = pending(pair);
  pair.agent.stall();
  expect(await received).toMatchObject({ code: 'PEER_HUNG' });
  expect((await pair.channel.gone).message).toMatch(
    /^the page has not answered for \d+ ms: it hangs while it was asked to received, hungUp$/,
  );
  await pair.agent.closed;
});

test('ControlChannel keeps a page that is slow to obey but answers pings', async () => {
  let pings = 0;
  await using pair = await openPair({ answers: STUCK, silenceMs: 300 });
  const received = pair.channel.command('received', null);
  received.catch(() => {});
  const enough = new Promise<void>((resolve) => {
    const count = pair.channel.clock.add.bind(pair.channel.clock);
    // Five are asked for at once; five more, 100 ms apart, take longer than the silence that would end it.
    pair.channel.clock.add = (exchange) => {
      count(exchange);
      if (++pings === 10) resolve();
    };
  });
  await Promise.race([enough, pair.channel.gone]);
  expect(pair.channel.lost).toBeUndefined();
});

test.for(['hello?', '{}', '{"type":"fault","id":1}', '{"type":"stats"}', ''])(
  'ControlChannel ends if the page sends %j',
  async (garbage) => {
    await using pair = await openPair({ answers: STUCK });
    const [received] = pending(pair);
    pair.agent.sayRaw(garbage);
    expect(await received).toMatchObject({ code: 'PEER_PROTOCOL', details: { phase: 'agent' } });
    await pair.agent.closed;
  },
);

test('ControlChannel ignores an answer nobody asked for, a second one and a pong without a ping', async () => {
  await using pair = await openPair();
  pair.agent.say({ type: 'result', id: 12_345, value: 'x' });
  pair.agent.say({ type: 'fault', id: 12_345, fault: { name: 'Error', message: 'x' } });
  pair.agent.say({ type: 'pong', id: 12_345, t: 0 });
  expect(await pair.channel.command('sample', null)).toBeNull();
});

test('ControlChannel.listen() sends events and stats to the newest listener, before the answer that follows', async () => {
  const delta: StatsDelta = { t: 1, connection: 'callee', seq: 0, lateMs: 0, costMs: 0, changed: {} };
  await using pair = await openPair({
    answers: {
      sample: (_, agent) => {
        agent.tell('bye', { from: 'callee' });
        agent.pushStats(delta);
        return null;
      },
    },
  });
  const old: unknown[] = [];
  const seen: unknown[] = [];
  const into = (list: unknown[]) => ({
    onEvent: ({ name, data }: { name: string; data?: unknown }) => void list.push([name, data]),
    onStats: (pushed: StatsDelta) => void list.push(pushed),
  });
  pair.channel.listen(into(old));
  pair.channel.listen(into(seen));
  await pair.channel.command('sample', null);
  expect(seen).toEqual([['bye', { from: 'callee' }], delta]);
  pair.channel.listen(undefined);
  await pair.channel.command('sample', null);
  expect(seen).toHaveLength(2);
  expect(old).toEqual([]);
});

test("ControlChannel.clock learns how far the page's clock is away", async () => {
  await using pair = await openPair({ clockOffsetMs: -3_600_000 });
  // The first pings were sent before the command, so their answers are here before its own.
  await pair.channel.command('sample', null);
  const { offsetMs, uncertaintyMs } = pair.channel.clock.estimate!;
  expect(Math.abs(offsetMs + 3_600_000)).toBeLessThanOrEqual(uncertaintyMs + 1);
});

test('ControlChannel keeps the first reason if it is closed twice', async () => {
  await using pair = await openPair({ answers: STUCK });
  const [received] = pending(pair);
  pair.channel.lose('PEER_GONE', 'the browser died');
  await pair.channel[Symbol.asyncDispose]();
  expect(await received).toMatchObject({
    code: 'PEER_GONE',
    message: 'the browser died while it was asked to received, hungUp',
  });
  expect(pair.channel.lost).toMatchObject({ code: 'PEER_GONE' });
});

test('ControlChannel closes the socket when the harness leaves', async () => {
  await using pair = await openPair();
  await pair.channel[Symbol.asyncDispose]();
  await pair.agent.closed;
  expect(pair.channel.lost).toMatchObject({ code: 'PEER_CLOSED' });
});
