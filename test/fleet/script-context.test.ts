import { expect, test } from 'vitest';
import type { CheckRecord } from '../../harness/call-record.ts';
import { recordScript } from '../../harness/fleet/script-context.ts';
import type { Duration } from '../../harness/units.ts';
import { type FakeAgent, HEALTHY } from '../helpers/fake-agent.ts';
import { fakeNetwork } from '../helpers/fake-network.ts';
import { type FakePeers, openFakePeers } from '../helpers/fake-peers.ts';

function record(
  { caller, callee }: FakePeers,
  { durationMs = 10, signal = new AbortController().signal } = {},
) {
  const told: (string | CheckRecord)[] = [];
  const script = recordScript({
    peers: [caller, callee],
    variant: '',
    controls: CONTROLS,
    durationMs,
    signal,
    onStep: (step) => void told.push(step),
    onCheck: (check) => void told.push(check),
  });
  return { ...script, told };
}

const NETWORK = await fakeNetwork().openCall({
  call: '001',
  cell: { id: 'chrome:chrome', assignment: {} },
  signal: new AbortController().signal,
});
const CONTROLS = { network: NETWORK.network, turn: NETWORK.turn, signaling: NETWORK.signaling };

const FACT = { name: 'it holds', expected: 'yes', actual: 'yes' };
const HOUR = 3_600_000;

test('recordScript() gives the script its peers, by role and in order', async () => {
  await using peers = await openFakePeers();
  const { context } = record(peers);
  expect(context['caller']).toBe(peers.caller);
  expect(context['callee']).toBe(peers.callee);
  expect(context.peers).toEqual([peers.caller, peers.callee]);
});

test('step() gives what its body gives, and records when it began and ended', async () => {
  await using peers = await openFakePeers();
  const { context, steps, told } = record(peers);
  expect(await context.step('join', () => Promise.resolve(7))).toBe(7);
  expect(steps).toMatchObject([{ name: 'join' }]);
  expect(steps[0]!.endMs).toBeGreaterThanOrEqual(steps[0]!.startMs);
  expect(told).toEqual(['join']);
});

test('step() has no end if its body throws', async () => {
  await using peers = await openFakePeers();
  const { context, steps } = record(peers);
  await expect(context.step('join', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(steps).toEqual([{ name: 'join', startMs: expect.any(Number) as number }]);
});

test('check() names no step if the script caught what the last one threw', async () => {
  await using peers = await openFakePeers();
  const { context, checks } = record(peers);
  await context.step('join', () => Promise.reject(new Error('no'))).catch(() => {});
  context.check({ ...FACT, passed: true });
  expect(checks[0]).not.toHaveProperty('step');
});

test('check() records facts with peer, phase and the innermost step', async () => {
  await using peers = await openFakePeers();
  const { context, checks, told } = record(peers);
  context.check({ ...FACT, passed: true });
  await context.step('outer', async () => {
    await context.step('inner', async () => {
      context.check({ ...FACT, passed: false, peer: peers.callee, phase: 'rtp' });
    });
    context.check({ ...FACT, passed: true }, { ...FACT, name: 'both hold', passed: true });
  });
  context.check({ ...FACT, passed: true });
  expect(checks.map(({ name, step, role, phase, passed }) => [name, step, role, phase, passed])).toEqual([
    ['it holds', undefined, undefined, 'script', true],
    ['it holds', 'inner', 'callee', 'rtp', false],
    ['it holds', 'outer', undefined, 'script', true],
    ['both hold', 'outer', undefined, 'script', true],
    ['it holds', undefined, undefined, 'script', true],
  ]);
  expect(told.filter((each) => typeof each !== 'string')).toEqual(checks);
});

test('check() keeps a fact without evidence as one, never a pass', async () => {
  await using peers = await openFakePeers();
  const { context, checks } = record(peers);
  context.check({ ...FACT, passed: undefined });
  expect(checks).toHaveLength(1);
  expect(checks[0]).not.toHaveProperty('passed');
});

test('hold() samples at both ends, watches in between, and tells by role what was seen', async () => {
  await using peers = await openFakePeers();
  const { context } = record(peers);
  expect(await context.hold()).toEqual({ caller: HEALTHY, callee: HEALTHY });
  for (const { commands } of Object.values(peers.agents)) {
    expect(commands.slice(0, 2).toSorted()).toEqual(['observe', 'sample']);
    expect(commands.slice(2).toSorted()).toEqual(['observed', 'sample']);
  }
});

test.for([
  [undefined, 120],
  ['150ms', 150],
] as const)('hold(%s) lasts that long, or as long as the scenario says', async ([duration, ms]) => {
  await using peers = await openFakePeers();
  const { context } = record(peers, { durationMs: 120 });
  const began = performance.now();
  await context.hold(duration);
  // Timers may fire a millisecond early.
  expect(performance.now() - began).toBeGreaterThanOrEqual(ms - 1);
});

test.for(['60', '', 'long', '5 parsecs'])('hold() rejects if the duration is "%s"', async (duration) => {
  await using peers = await openFakePeers();
  const { context } = record(peers);
  await expect(context.hold(duration as Duration)).rejects.toThrow(
    `hold(): expected a duration like "5s", got "${duration}"`,
  );
  expect(peers.agents.caller.commands).toEqual([]);
});

test('hold() ends at once, with whom it happened to, if a peer dies', async () => {
  await using peers = await openFakePeers();
  const { context } = record(peers, { durationMs: HOUR });
  const watching = Promise.all(Object.values(peers.agents).map((agent) => agent.commanded('observe')));
  const held = context.hold();
  await watching;
  peers.agents.callee.die();
  await expect(held).rejects.toMatchObject({
    code: 'PEER_GONE',
    details: { phase: 'agent', role: 'callee' },
  });
});

test('hold() ends at once if a peer hangs', async () => {
  const observe = (_: unknown, agent: FakeAgent) => {
    // After its answer.
    setImmediate(() => agent.stall());
    return null;
  };
  await using peers = await openFakePeers({
    silenceMs: 300,
    agent: (role) => ({ answers: role === 'caller' ? { observe } : {} }),
  });
  const { context } = record(peers, { durationMs: HOUR });
  await expect(context.hold()).rejects.toMatchObject({
    code: 'PEER_HUNG',
    details: { role: 'caller', pending: [] },
  });
});

test('hold() ends at once, with its reason, if the run is stopped', async () => {
  const stop = new AbortController();
  await using peers = await openFakePeers({ signal: stop.signal });
  const { context } = record(peers, { durationMs: HOUR, signal: stop.signal });
  const watching = Promise.all(Object.values(peers.agents).map((agent) => agent.commanded('observe')));
  const held = context.hold();
  await watching;
  const reason = new Error('SIGTERM');
  stop.abort(reason);
  await expect(held).rejects.toBe(reason);
});

test('signaling.cut() resolves when the peers know, so that what follows is not sent to nobody', async () => {
  await using peers = await openFakePeers();
  const { context } = record(peers);
  const { caller, callee } = peers.agents;
  for (const agent of [caller, callee]) agent.tell('signaling', { state: 'open' });
  await Promise.all(context.peers.map((peer) => peer.sample()));
  const cut = context.signaling.cut();
  const known = peers.caller.noticeCut();
  caller.tell('signaling', { state: 'reconnecting' });
  await known;
  const both = Promise.race([cut.then(() => 'resolved'), peers.callee.sample().then(() => 'waits')]);
  expect(await both).toBe('waits');
  callee.tell('signaling', { state: 'reconnecting' });
  expect(await cut).toBeTypeOf('number');
});
