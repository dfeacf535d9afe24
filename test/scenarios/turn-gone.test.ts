import { describe, expect, test } from 'vitest';
import type { CallRecord } from '../../harness/call-record.ts';
import { defineScenario, failureFacts, failureOf } from '../../harness/index.ts';
import { tryScenario } from '../helpers/try-scenario.ts';

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
      passed: stoppedMs < disconnectedMs && disconnectedMs <= failedMs,
      expected: 'stopped < disconnected <= failed',
      actual: [stoppedMs, disconnectedMs, failedMs].join(' '),
    });
    const failure = await failureOf(() => caller.restartIce(callee));
    check(...failureFacts(failure, { naming: ['gathering', 'turn:', '701'] }));
  },
});

async function only(calls: AsyncGenerator<CallRecord>): Promise<CallRecord> {
  for await (const call of calls) return call;
  throw new Error('no call');
}

describe.for([['chrome:firefox'], ['firefox:chrome']] as const)('%s', ([pair]) => {
  test('Peer.restartIce() fails in gathering if the TURN server is gone, after the path has failed', async () => {
    await using run = await tryScenario(gone, { pairs: [pair], options: { callTimeoutMs: 60_000 } });
    const { fault, checks } = await only(run.stored.records());
    expect(fault).toBeUndefined();
    expect(checks.filter(({ passed }) => passed !== true)).toEqual([]);
  });
});
