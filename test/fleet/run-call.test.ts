import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import type { PeerEvidence, PeerMarks } from '../../harness/call-record.ts';
import { BrowserError, NetworkError } from '../../harness/errors.ts';
import type { RunNetwork } from '../../harness/network/run-network.ts';
import { PhaseError } from '../../harness/peer/agent/phase-error.ts';
import type { StatsDelta } from '../../harness/stats/sample.ts';
import { NO_EVIDENCE, never } from '../helpers/fake-agent.ts';
import { fakeNetwork } from '../helpers/fake-network.ts';
import { only } from '../helpers/fake-peers.ts';
import { runFake, type Script } from './a-run.ts';
import type { Seen } from './peer-record.ts';
import { STUCK } from './stuck.ts';

const nothing: Script = async () => {};
const hold: Script = async ({ hold: wait }) => void (await wait('1h'));
/** A call as scenarios make it. */
const p2p: Script = async ({ caller, callee, step }) => {
  await step('join', () => Promise.all([caller.join(), callee.join()]));
  await step('connect', () => caller.call(callee));
};

test('runCall() records who took part, what was said and when', async () => {
  await using run = await runFake({
    measure: () => ({ t: 1, cpuSeconds: 2, peers: 1 }),
    agent: (role) => ({ answers: { marks: () => ({ start: role === 'caller' ? 1 : 2 }) } }),
    script: async (context) => {
      await p2p(context);
      context.check({
        name: 'it holds',
        peer: context.callee,
        passed: true,
        expected: 'yes',
        actual: 'yes',
        phase: 'rtp',
      });
    },
  });
  const record = run.records['1']!;
  expect(record).toMatchObject({
    schemaVersion: 1,
    cell: 'chrome:firefox',
    assignment: { caller: 'chrome', callee: 'firefox' },
    vu: 1,
    iteration: 0,
    steps: [{ name: 'join' }, { name: 'connect' }],
    checks: [{ name: 'it holds', role: 'callee', passed: true, phase: 'rtp' }],
    peers: {
      caller: { browser: 'chrome', marks: { start: 1 }, clock: expect.anything() as object },
      callee: { browser: 'firefox', marks: { start: 2 } },
    },
  });
  expect(record).not.toHaveProperty('fault');
  expect(record).not.toHaveProperty('aborted');
  expect(record.endMs).toBeGreaterThanOrEqual(record.startMs);
  // One at the beginning and one at the end, however short the call.
  expect(record.host.length).toBeGreaterThanOrEqual(2);
  expect(record.peers['caller']!.process).toHaveLength(record.host.length);
  expect(run.events.map(({ type }) => type)).toEqual([
    'call-started',
    'step-started',
    'step-started',
    'check',
    'call-ended',
  ]);
  expect(run.host.open).toBe(0);
});

test('runCall() keeps what agents push and consoles say, on disk before the record', async () => {
  const delta: StatsDelta = { t: 1, connection: 'callee', seq: 0, lateMs: 0, costMs: 0, changed: {} };
  const entry = { t: 1, level: 'error', source: 'console', text: 'early' } as const;
  await using run = await runFake({
    script: async ({ caller }) => caller.sample(),
    onPage: (agent, { role, onConsole }) => {
      if (role !== 'caller') return;
      onConsole(entry);
      agent.tell('bye', { from: 'callee' });
      agent.pushStats(delta);
    },
  });
  expect([...run.stored.stats('1', 'caller')]).toEqual([delta]);
  expect([...run.stored.console('1', 'caller')]).toEqual([entry]);
  expect([...run.stored.callEvents('1')]).toMatchObject([{ role: 'caller', name: 'bye' }]);
  expect(run.records['1']!.peers['caller']!.console).toEqual([entry]);
});

test('runCall() has a peer that broke as a fault, and the step it broke in without an end', async () => {
  const connected = () => {
    throw new PhaseError('negotiation', 'setRemoteDescription(offer) failed');
  };
  await using run = await runFake({
    script: p2p,
    agent: (role) => ({ answers: role === 'callee' ? { connected } : { call: never } }),
  });
  const { fault, steps } = run.records['1']!;
  expect(fault).toMatchObject({
    phase: 'negotiation',
    status: 'failed',
    role: 'callee',
    code: 'PEER_FAULT',
    message: 'callee: setRemoteDescription(offer) failed',
  });
  expect(steps.map((step) => [step.name, 'endMs' in step])).toEqual([
    ['join', true],
    ['connect', false],
  ]);
  expect(run.events.at(-1)).toMatchObject({ type: 'call-ended', fault: fault!.message });
});

const answersOf = ({ marks = {}, local = [] }: Seen) => ({
  call: never,
  connected: never,
  marks: (): PeerMarks => marks,
  evidence: (): PeerEvidence => ({ ...NO_EVIDENCE, localCandidates: local }),
});

test.for(STUCK)(
  'runCall() diagnoses a timeout from the marks of both sides: $phase if $what',
  async ({ caller, callee, phase, what }) => {
    await using run = await runFake({
      script: p2p,
      options: { callTimeoutMs: 40 },
      agent: (role) => ({ answers: answersOf(role === 'caller' ? caller : callee) }),
    });
    expect(run.records['1']!.fault).toMatchObject({
      phase,
      status: 'failed',
      code: 'TIMEOUT',
      message: expect.stringMatching(
        `^${what}: waiting for caller and callee to be connected took longer than 40 ms`,
      ) as string,
    });
  },
);

test('runCall() diagnoses a timeout from what a side had told if that side is gone meanwhile', async () => {
  await using run = await runFake({
    script: p2p,
    options: { callTimeoutMs: 100 },
    agent: (role) => ({
      answers: {
        ...answersOf({ marks: { offerSent: 1 } }),
        connected: never,
        ...(role === 'callee' && {
          marks: (_, agent) => {
            agent.tell('marks', { offerReceived: 2 });
            agent.die();
            return never();
          },
        }),
      },
    }),
  });
  expect(run.records['1']!.fault).toMatchObject({ phase: 'negotiation', code: 'TIMEOUT' });
  expect(run.records['1']!.peers['callee']!.marks).toEqual({ offerReceived: 2 });
});

test('runCall() ends at once, in phase agent, if a peer dies during a hold', async () => {
  await using run = await runFake({
    script: hold,
    agent: only('callee', () => ({
      answers: {
        observe: (_, agent) => {
          agent.tell('state', { what: 'connectionState', value: 'connected' });
          // After its answer.
          setImmediate(() => agent.die());
          return null;
        },
      },
    })),
  });
  const { fault, peers, startMs, endMs } = run.records['1']!;
  expect(fault).toMatchObject({ phase: 'agent', status: 'errored', role: 'callee', code: 'PEER_GONE' });
  expect(peers['callee']!.evidence.connectionState).toBe('connected');
  expect(peers['caller']).toBeDefined();
  // It would have been an hour.
  expect(endMs - startMs).toBeLessThan(60_000);
});

test("runCall() says that the browser died if that is why a peer's page is gone", async () => {
  await using run = await runFake({
    script: hold,
    death: { pid: 4711, exitCode: null, signal: 'SIGKILL', stderr: ['one', 'out of memory'] },
    agent: only('callee', () => ({
      answers: { observe: (_, agent) => (agent.die(), null) },
    })),
  });
  expect(run.records['1']!.fault).toMatchObject({
    phase: 'agent',
    status: 'errored',
    code: 'BROWSER_DIED',
    role: 'callee',
    message: "callee's browser firefox died (pid 4711, killed by SIGKILL); last words: out of memory",
    details: { exitCode: null, signal: 'SIGKILL', stderr: ['one', 'out of memory'] },
  });
});

test('runCall() is errored if a page hangs', async () => {
  await using run = await runFake({
    script: hold,
    silenceMs: 300,
    agent: only('caller', () => ({
      answers: { observe: (_, agent) => (agent.stall(), null) },
    })),
  });
  expect(run.records['1']!.fault).toMatchObject({ code: 'PEER_HUNG', status: 'errored', role: 'caller' });
});

test('runCall() is errored if a page sends garbage', async () => {
  await using run = await runFake({
    script: hold,
    agent: only('caller', () => ({
      answers: { observe: (_, agent) => (agent.sayRaw('<html>'), null) },
    })),
  });
  expect(run.records['1']!.fault).toMatchObject({ code: 'PEER_PROTOCOL', status: 'errored', role: 'caller' });
});

test('runCall() has a script fault if the script throws', async () => {
  await using run = await runFake({
    script: () => Promise.reject(new TypeError('x is not a function')),
  });
  expect(run.records['1']!.fault).toMatchObject({
    phase: 'script',
    status: 'errored',
    script: true,
    message: "the scenario's script threw TypeError: x is not a function",
  });
});

test("runCall() has a script fault if the script's function throws in the page", async () => {
  const evaluate = () => {
    throw new PhaseError('script', 'evaluate() failed with TypeError: no');
  };
  await using run = await runFake({
    script: async ({ caller }) => void (await caller.evaluate(() => 1, null)),
    agent: () => ({ answers: { evaluate } }),
  });
  expect(run.records['1']!.fault).toMatchObject({
    phase: 'script',
    status: 'errored',
    script: true,
    role: 'caller',
    message: 'caller: evaluate() failed with TypeError: no',
  });
});

test('runCall() has no fault if the script expected what broke', async () => {
  const join = () => {
    throw new PhaseError('signaling', 'wrong token');
  };
  await using run = await runFake({
    script: async ({ caller }) => caller.join().catch(() => {}),
    agent: () => ({ answers: { join } }),
  });
  expect(run.records['1']!).not.toHaveProperty('fault');
});

test('runCall() plays no script and closes what is open if one page cannot be opened', async () => {
  let played = false;
  await using run = await runFake({
    script: async () => void (played = true),
    agent: only('callee', () => {
      throw new BrowserError('firefox did not start', {
        code: 'BROWSER_NOT_STARTED',
        hint: 'install it',
        details: { phase: 'launch', role: 'callee' },
      });
    }),
  });
  expect(played).toBe(false);
  const { fault, peers, steps, host } = run.records['1']!;
  expect(fault).toMatchObject({
    phase: 'launch',
    status: 'errored',
    code: 'BROWSER_NOT_STARTED',
    hint: 'install it',
  });
  expect(Object.keys(peers)).toEqual(['caller']);
  expect({ steps, host }).toEqual({ steps: [], host: [] });
  expect(run.host.open).toBe(0);
  await run.host.agent('caller').closed;
});

test('runCall() keeps what was recorded and says why if the run is stopped meanwhile', async () => {
  const stop = new AbortController();
  await using run = await runFake({
    signal: stop.signal,
    script: async (context) => {
      await p2p(context);
      context.check({ name: 'it holds', passed: true, expected: 'yes', actual: 'yes' });
      await context.step('hold', () => context.hold('1h'));
    },
    agent: only('callee', () => ({
      answers: {
        connected: (_, agent) => {
          agent.tell('marks', { connected: 5 });
          return null;
        },
        observe: () => {
          stop.abort(new Error('SIGINT'));
          return null;
        },
      },
    })),
  });
  const { fault, aborted, steps, checks, peers } = run.records['1']!;
  expect({ fault, aborted }).toEqual({ fault: undefined, aborted: 'SIGINT' });
  expect(steps.map(({ name }) => name)).toEqual(['join', 'connect', 'hold']);
  expect(steps.at(-1)).not.toHaveProperty('endMs');
  expect(checks).toHaveLength(1);
  expect(peers['callee']!.marks).toEqual({ connected: 5 });
  expect(run.host.open).toBe(0);
});

test('runCall() ends a step that waits for the other side if the run is stopped', async () => {
  const stop = new AbortController();
  await using run = await runFake({
    signal: stop.signal,
    script: p2p,
    agent: () => ({
      answers: {
        call: () => {
          stop.abort(new Error('SIGTERM'));
          return never();
        },
        connected: never,
      },
    }),
  });
  expect(run.records['1']).toMatchObject({ aborted: 'SIGTERM' });
  expect(run.records['1']).not.toHaveProperty('fault');
});

test('runCall() leaves no listener on the run’s signal', async () => {
  const stop = new AbortController();
  await using _run = await runFake({
    signal: stop.signal,
    script: p2p,
    calls: ['chrome:firefox', 'chrome:firefox', 'chrome:firefox'],
  });
  expect(getEventListeners(stop.signal, 'abort')).toHaveLength(0);
});

test('runCall() closes its pages if nothing was done with them', async () => {
  await using run = await runFake({ script: nothing });
  expect(run.records['1']!).not.toHaveProperty('fault');
  await Promise.all([run.host.agent('caller').closed, run.host.agent('callee').closed]);
});

/** A network that breaks while its call is up. */
function breakingNetwork(): RunNetwork {
  const inner = fakeNetwork();
  const died = new NetworkError("the lab's keeper died", { code: 'LAB_DIED' });
  return {
    prepare: (...args) => inner.prepare(...args),
    openCall: async (options) => ({ ...(await inner.openCall(options)), lost: () => died }),
  };
}

test.for([
  ['saw nothing of it', nothing],
  [
    'threw for it',
    async () => {
      throw new Error('something went wrong');
    },
  ],
] as const satisfies [string, Script][])(
  'runCall() is errored by a network that broke if the script %s',
  async ([, script]) => {
    await using run = await runFake({ script, network: breakingNetwork() });
    expect(run.records['1']!.fault).toMatchObject({
      status: 'errored',
      phase: 'network',
      code: 'LAB_DIED',
      message: "the lab's keeper died",
    });
    expect(run.records['1']!.fault).not.toHaveProperty('script');
  },
);
