import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openClassicServer } from '../../../examples/socketio-classic/server.ts';
import type { RemotePeer } from '../../../harness/peer/remote-peer.ts';
import p2pCall from '../../../scenarios/p2p-call.ts';
import { tryScenario, whyNotPassed } from '../../helpers/try-scenario.ts';

test('p2p-call passes between bots of every engine, without a browser', async () => {
  const pairs = ['bot:bot', 'werift:bot', 'bot:wrtc'];
  await using run = await tryScenario(p2pCall, { pairs, options: { durationMs: 2000 } });
  expect(whyNotPassed(run)).toEqual([]);
  expect(run.result.checks).toMatchObject({ failed: 0, inconclusive: 0 });
  expect(run.result.bots?.map(({ name }) => name)).toEqual(['bot', 'werift', 'wrtc']);
  const [first] = run.result.calls;
  expect(first?.peers['caller']).toMatchObject({ browser: 'bot', videoCodec: 'VP8', audioCodec: 'opus' });
  // What it does not decode, it says nothing of.
  expect(first?.peers['caller']?.metrics).toMatchObject({
    fps_sent: expect.any(Number),
    jitter_ms: expect.any(Number),
  });
  expect(first?.peers['caller']?.metrics).not.toHaveProperty('fps_received');
});

test('a call is unsupported, and says why, if it asks a bot for what only a page can do', async () => {
  const scenario = {
    ...p2pCall,
    script: async ({ caller, callee }: Parameters<typeof p2pCall.script>[0]) => {
      await Promise.all([caller.join(), callee.join()]);
      await caller.startFrameClock();
    },
  };
  await using run = await tryScenario(scenario, { pairs: ['bot:bot'] });
  expect(run.result.calls[0]).toMatchObject({
    status: 'unsupported',
    headline: expect.stringContaining('caller: a bot cannot startFrameClock'),
  });
});

test('a call over relays only is unsupported by a bot whose engine would not keep to them', async () => {
  const scenario = { ...p2pCall, ice: { servers: ['turn-udp'], policy: 'relay' } as const };
  await using run = await tryScenario(scenario, { pairs: ['bot:bot'], options: { durationMs: 1000 } });
  expect(run.result.calls[0]).toMatchObject({
    status: 'unsupported',
    headline: expect.stringContaining('a bot cannot keep to relayed paths'),
  });
});

test('a process of bots that dies breaks its own calls only, and the next call has another', async () => {
  let isKilled = false;
  const scenario = {
    ...p2pCall,
    script: async (context: Parameters<typeof p2pCall.script>[0]) => {
      await p2pCall.script(context);
      if (isKilled) return;
      isKilled = true;
      const { pid } = await (context.caller as RemotePeer).record();
      process.kill(pid!, 'SIGKILL');
      await context.hold();
    },
  };
  const options = { durationMs: 1000, iterations: 2 };
  await using run = await tryScenario(scenario, { pairs: ['werift:bot'], options });
  expect(run.result.calls.map(({ status }) => status === 'errored')).toEqual([true, false]);
  expect(run.result.calls[0]?.headline).toMatch(/died \(pid \d+, killed by SIGKILL\)/);
  const pids = { caller: new Set(), callee: new Set() };
  for await (const { peers } of run.stored.records()) {
    pids.caller.add(peers['caller']?.pid);
    pids.callee.add(peers['callee']?.pid);
  }
  expect([pids.caller.size, pids.callee.size]).toEqual([2, 1]);
});

test.for(['sse', 'socketio'] as const)(
  'bots call each other over %s, each in a process of its own if there shall be one in each',
  async (name) => {
    const options = { durationMs: 1000, botsPerProcess: 1, signaling: { name } };
    await using run = await tryScenario(p2pCall, { pairs: ['bot:bot'], options });
    expect(whyNotPassed(run)).toEqual([]);
    for await (const { peers } of run.stored.records()) {
      expect(peers['caller']?.pid).not.toBe(peers['callee']?.pid);
    }
  },
);

test('bots call each other over a signaling server of the user, as its adapter needs no page', async () => {
  const adapter = fileURLToPath(new URL('../../../examples/socketio-classic/adapter.ts', import.meta.url));
  await using server = await openClassicServer();
  const signaling = { name: 'socketio-classic', adapter, url: server.url };
  await using run = await tryScenario(p2pCall, {
    pairs: ['bot:bot'],
    options: { durationMs: 1000, signaling },
  });
  expect(whyNotPassed(run)).toEqual([]);
});

test('bots in the background hold their calls as long as others are measured', async () => {
  const options = { durationMs: 1500, iterations: 2 };
  await using run = await tryScenario(p2pCall, { pairs: ['werift:werift'], botCount: 4, options });
  expect(whyNotPassed(run)).toEqual([]);
  const held = { bots: [] as number[][], calls: [] as number[][] };
  for await (const { load, steps } of run.stored.records()) {
    const { startMs, endMs } = steps.find(({ name }) => name === 'hold')!;
    held[load!.name as 'bots' | 'calls'].push([startMs, endMs!]);
  }
  expect([held.bots.length, held.calls.length]).toEqual([2, 2]);
  for (const [from, until] of held.bots) {
    for (const [begin, end] of held.calls) expect(begin! > from! && end! < until!).toBe(true);
  }
  expect(run.result.load).toMatchObject([
    { name: 'calls', completed: 2 },
    { name: 'bots', completed: 2, summary: '2 VUs for as long as the others last' },
  ]);
});
