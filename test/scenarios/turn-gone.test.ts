import { describe, expect, test } from 'vitest';
import type { CallRecord } from '../../harness/call-record.ts';
import { defineScenario, failureFacts, failureOf, gapFacts } from '../../harness/index.ts';
import { tryScenario } from '../helpers/try-scenario.ts';
import { TestServer } from '../turn/a-server.ts';

/** Pages' clocks and the harness's differ by less: a Firefox on the server's own machine may notice at once. */
const CLOCKS_MS = 50;

/** A relayed call whose TURN server dies, and which tries to find another path where there is none. */
const gone = defineScenario({
  name: 'gone',
  summary: 'A relayed call whose TURN server dies.',
  guardsAgainst: 'calls that seem alive when they are not',
  roles: ['caller', 'callee'],
  ice: { servers: ['turn-tcp'], policy: 'relay' },
  async script({ caller, callee, check, turn }) {
    await Promise.all([caller.join(), callee.join()]);
    await Promise.all([caller.openMedia(), callee.openMedia()]);
    await caller.call(callee);
    await Promise.all([caller.receiveMedia(), callee.receiveMedia()]);
    const stoppedMs = performance.timeOrigin + performance.now();
    await turn.stop();
    const disconnectedMs = await callee.waitFor('disconnected');
    const failedMs = await callee.waitFor('failed', { timeoutMs: 60_000 });
    check({
      name: 'one after the other',
      passed: stoppedMs - CLOCKS_MS < disconnectedMs && disconnectedMs <= failedMs,
      expected: `stopped < disconnected <= failed, within ${CLOCKS_MS} ms`,
      actual: [stoppedMs, disconnectedMs, failedMs].join(' '),
    });
    const failure = await failureOf(() => caller.restartIce(callee));
    check(...failureFacts(failure, { naming: ['gathering', 'turn:', '701'] }));
  },
});

/** The same, but it comes back: a failed path is renewed. */
const back = ({ server }: TestServer) =>
  defineScenario({
    name: 'back',
    summary: 'A relayed call whose TURN server dies and comes back.',
    guardsAgainst: 'connections that are lost once they have failed',
    roles: ['caller', 'callee'],
    ice: { servers: ['turn-udp'], policy: 'relay' },
    async script({ caller, callee, check }) {
      await Promise.all([caller.join(), callee.join()]);
      await Promise.all([caller.openMedia(), callee.openMedia()]);
      await caller.call(callee);
      await Promise.all([caller.receiveMedia(), callee.receiveMedia()]);
      await callee.startFrameClock();
      await callee.nextFrameAfter(performance.timeOrigin + performance.now());
      const stoppedMs = performance.timeOrigin + performance.now();
      await server.stop();
      await Promise.all([caller, callee].map((peer) => peer.waitFor('failed')));
      const during = await callee.frameGaps({ sinceMs: stoppedMs, longerThanMs: 1000 });
      check({ ...gapFacts(callee, during)[0]!, name: 'frozen', passed: during.gaps[0]?.open === true });
      await server.start();
      await caller.restartIce(callee);
      await Promise.all([caller, callee].map((peer) => peer.waitFor('connected')));
      await caller.hangUp();
    },
  });

async function only(calls: AsyncGenerator<CallRecord>): Promise<CallRecord> {
  for await (const call of calls) return call;
  throw new Error('no call');
}

// They mostly wait for a path to be given up: together.
describe.concurrent('Peer.restartIce()', () => {
  test.for([['chrome:firefox'], ['firefox:chrome']] as const)(
    'fails in gathering if the TURN server is gone, after the path has failed, %s',
    async ([pair]) => {
      await using run = await tryScenario(gone, { pairs: [pair], options: { callTimeoutMs: 60_000 } });
      const { fault, checks } = await only(run.stored.records());
      expect(fault).toBeUndefined();
      expect(checks.filter(({ passed }) => passed !== true)).toEqual([]);
    },
  );

  test('brings a failed connection back once the TURN server is back', async () => {
    await using server = await TestServer.open();
    const scenario = back(server);
    const { servers: iceServers } = server.server;
    const options = { callTimeoutMs: 40_000 };
    await using run = await tryScenario(scenario, { pairs: ['chrome:firefox'], iceServers, options });
    const { fault, checks } = await only(run.stored.records());
    expect(fault).toBeUndefined();
    expect(checks.filter(({ passed }) => passed !== true)).toEqual([]);
  });
});
