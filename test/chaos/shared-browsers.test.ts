import { expect, test } from 'vitest';
import type { CallRecord } from '../../harness/call-record.ts';
import type { PlannedLoad } from '../../harness/load/load.ts';
import type { RunEvent } from '../../harness/store/layout.ts';
import p2pCall from '../../scenarios/p2p-call.ts';
import { tryScenario } from '../helpers/try-scenario.ts';

const CALLS = 4;
const LOAD: PlannedLoad = {
  name: 'four',
  executor: 'per-vu-iterations',
  vus: CALLS,
  iterations: 1,
  maxDurationMs: 120_000,
  startTimeMs: 0,
  gracefulStopMs: 0,
  tags: {},
  cells: [],
};

const pidOf = (event: RunEvent) => (event.type === 'browser-launched' ? (event.pid ?? []) : []);

/** Kills the browser that was launched first, once every call has its peers. */
function killOneOfTwo(): (event: RunEvent) => void {
  const pids: number[] = [];
  const seated = new Set<string>();
  return (event) => {
    pids.push(...[pidOf(event)].flat());
    if (event.type !== 'step-started' || event.step !== 'connect') return;
    seated.add(event.call);
    if (seated.size === CALLS) process.kill(-pids[0]!, 'SIGKILL');
  };
}

/** Of the peer in a browser: the other is a bot, so that a call is in one browser only. */
const browserOf = ({ peers }: CallRecord) => peers['caller']!.pid;

test.for(['tab', 'page'] as const)(
  'one of two browsers killed, in which four peers sit by %s, errors its two calls only',
  async (isolation) => {
    await using run = await tryScenario(p2pCall, {
      pairs: ['chrome:bot'],
      fleet: { isolation, peersPerBrowser: 2 },
      load: [LOAD],
      // Four calls may be more than the machine holds, which is not what is tried.
      options: { durationMs: 4000, saturation: 'tolerate' },
      onEvent: killOneOfTwo(),
    });
    const launched = run.events.flatMap(pidOf);
    expect(launched, 'two browsers for four peers').toHaveLength(2);
    const records: CallRecord[] = [];
    for await (const record of run.stored.records()) records.push(record);
    const inBrowser = (pid: number) => records.filter((record) => browserOf(record) === pid);
    const [killed, left] = launched.map(inBrowser);
    expect(killed!.map(({ fault }) => fault?.status)).toEqual(['errored', 'errored']);
    expect(killed![0]!.fault!.message).toContain(`pid ${launched[0]}`);
    expect(left!.map(({ fault }) => fault)).toEqual([undefined, undefined]);
    expect(run.result.status).toBe('errored');
  },
);
