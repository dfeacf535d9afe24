import { describe, expect, test } from 'vitest';
import { RunResult } from '../../harness/result.ts';
import { callBy, callsBy, PATHS } from '../fixtures/comparing.ts';
import { judgeCalls } from '../fixtures/judging.ts';

const FIVE = [100, 110, 120, 130, 140] as const;
const compared = { comparison: PATHS };
const bothPaths = () => [
  ...callsBy('direct', FIVE),
  ...callsBy(
    'relay-tls',
    FIVE.map((ms) => ms + 200),
  ),
];
const gate = (expression: string) => ({
  ...compared,
  thresholds: { 'relay_penalty_ms{path:relay-tls}': [expression] },
});

describe('a gate on a penalty', () => {
  test('passes if the variant costs less', async () => {
    const run = await judgeCalls(bothPaths(), gate('p(95)<300'));
    expect(run).toMatchObject({ status: 'passed', exitCode: 0 });
    expect(run.thresholds[0]).toMatchObject({ status: 'passed', samples: 10 });
  });

  test('fails if the variant costs more, with the figure', async () => {
    const run = await judgeCalls(bothPaths(), gate('med<200'));
    expect(run).toMatchObject({ status: 'failed', exitCode: 99 });
    expect(run.headline).toContain(
      'relay_penalty_ms{path:relay-tls} was 200 ms over 10 samples, expected med<200',
    );
  });

  test('is inconclusive if the baseline gave nothing to compare with', async () => {
    const run = await judgeCalls([callBy('relay-tls', 300)], gate('p(95)<300'));
    expect(run).toMatchObject({ status: 'inconclusive', exitCode: 111 });
    expect(run.thresholds[0]).toMatchObject({ status: 'inconclusive', samples: 0 });
  });
});

describe('judge() of a scenario that compares', () => {
  test("adds penalties to the peers' own figures, but not to the baseline's", async () => {
    const run = await judgeCalls([callBy('direct', 100), callBy('relay-tls', 300)], compared);
    expect(run.calls.map(({ peers }) => peers['callee']!.metrics['relay_penalty_ms'])).toEqual([
      undefined,
      200,
    ]);
    expect(run.cells.map(({ metrics }) => metrics['relay_penalty_ms']?.med)).toEqual([undefined, 200]);
  });

  test('puts all pairs together first, then pair by pair, in the order of the cases', async () => {
    const other = callBy('direct', 100, 9);
    Object.assign(other.record, { id: 'other', cell: 'firefox:chrome/direct' });
    const { comparison } = await judgeCalls([...bothPaths(), other], compared);
    expect(comparison!.rows.map(({ pair, variant, calls }) => [pair, variant, calls])).toEqual([
      [undefined, 'direct', 6],
      [undefined, 'relay-tls', 5],
      ['chrome:firefox', 'direct', 5],
      ['chrome:firefox', 'relay-tls', 5],
      ['firefox:chrome', 'direct', 1],
    ]);
  });

  test('says how the values are spread, how many connected, and over which pairs', async () => {
    const run = await judgeCalls(bothPaths(), compared);
    const [direct, relay] = run.comparison!.rows;
    expect(direct).toMatchObject({
      status: 'passed',
      connected: 5,
      attempted: 5,
      selectedPairs: { 'host/udp → host/udp': 5 },
      metrics: { connect_ms: { unit: 'ms', samples: 10, p50: 120, min: 100, max: 140 } },
    });
    expect(relay!.metrics['relay_penalty_ms']).toMatchObject({ p50: 200, min: 180, max: 220 });
    const [low, high] = direct!.metrics['connect_ms']!.ci!;
    expect([low, high]).toEqual([100, 140]);
    expect(direct!.metrics).not.toHaveProperty('turn_allocate_ms');
    expect(RunResult.parse(run)).toEqual(run);
  });

  test('says the same when it is judged again', async () => {
    const [once, again] = [await judgeCalls(bothPaths(), compared), await judgeCalls(bothPaths(), compared)];
    expect(again).toEqual(once);
  });

  test('counts a call that failed as attempted, one that the environment broke as neither', async () => {
    const [lost, broken] = callsBy('direct', [100, 100]);
    for (const { marks } of Object.values(lost!.record.peers)) delete marks.connected;
    broken!.record.fault = { phase: 'launch', status: 'errored', message: 'no disk', code: 'X', details: {} };
    const { comparison } = await judgeCalls([lost!, broken!, callBy('direct', 100, 2)], compared);
    expect(comparison!.rows[0]).toMatchObject({ calls: 3, attempted: 2, connected: 1 });
  });

  test('takes in what a script measured of a call and of none of its peers', async () => {
    const call = callBy('direct', 100);
    call.record.measures = [{ t: call.record.endMs, metric: 'recovery_ms', value: 1200 }];
    const { comparison } = await judgeCalls([call], compared);
    expect(comparison!.rows[0]!.metrics['recovery_ms']).toMatchObject({ samples: 1, p50: 1200 });
  });

  test('names the transport to the TURN server, from the server if the browser does not say it', async () => {
    const call = callBy('relay-tls', 100);
    call.record.peers['caller']!.evidence.selectedPair = {
      local: '198.51.100.1:50000',
      remote: '198.51.100.11:50001',
      localType: 'relay',
      remoteType: 'srflx',
      protocol: 'udp',
    };
    call.record.network = {
      level: 'loopback',
      ice: { servers: ['turn-tls'], policy: 'relay', credentials: 'valid' },
      links: [],
      changes: [],
      allocations: [{ role: 'caller', transport: 'tls', t: call.record.startMs }],
      refusals: [],
      captures: [],
    };
    const { comparison } = await judgeCalls([call], compared);
    expect(comparison!.rows[0]!.selectedPairs).toEqual({ 'relay/tls → srflx/udp': 1 });
  });
});

describe('a variant that cannot be tried here', () => {
  const unsupportedCall = (path: string) => {
    const call = callBy(path, 100);
    const message = 'it needs the lab';
    call.record.peers = {};
    call.record.checks = [];
    call.record.fault = {
      phase: 'network',
      status: 'unsupported',
      message,
      code: 'UNSUPPORTED',
      details: {},
    };
    return call;
  };

  test('is said to be so, and the others decide', async () => {
    const run = await judgeCalls([callBy('direct', 100), unsupportedCall('relay-tls')], {
      ...compared,
      unsupported: { 'chrome:firefox/relay-tls': 'it needs the lab' },
    });
    expect(run).toMatchObject({ status: 'passed', headline: 'p2p-call: 1 of 2 calls passed, 1 unsupported' });
    expect(
      run.comparison!.rows.map(({ variant, status, unsupported }) => [variant, status, unsupported]),
    ).toEqual([
      ['direct', 'passed', undefined],
      ['relay-tls', 'unsupported', 'it needs the lab'],
      ['direct', 'passed', undefined],
      ['relay-tls', 'unsupported', 'it needs the lab'],
    ]);
    expect(run.comparison!.rows[1]).toMatchObject({ attempted: 0, connected: 0, metrics: {} });
  });

  test('makes the run one in which nothing ran if all are such', async () => {
    const run = await judgeCalls([unsupportedCall('direct'), unsupportedCall('relay-tls')], compared);
    expect(run).toMatchObject({ status: 'inconclusive', exitCode: 111 });
    expect(run.reasons[0]).toMatchObject({
      kind: 'nothing-ran',
      message: 'nothing ran: all of 2 calls are unsupported here: network: it needs the lab',
    });
  });

  test('leaves a gate on its penalty inconclusive', async () => {
    const run = await judgeCalls([callBy('direct', 100), unsupportedCall('relay-tls')], gate('p(95)<300'));
    expect(run).toMatchObject({ status: 'inconclusive', exitCode: 111 });
  });
});
