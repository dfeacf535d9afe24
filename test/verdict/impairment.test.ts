import { describe, expect, test } from 'vitest';
import type { NetworkRecord } from '../../harness/call-record.ts';
import type { Impairment, LinkMeasurement } from '../../harness/topology/topology.ts';
import { callBy, callsBy, homes, networkOf, PATHS, rewrite } from '../fixtures/comparing.ts';
import { judgeCalls, judgeSpoiled } from '../fixtures/judging.ts';
import type { RecordedCall } from '../fixtures/recorded.ts';

const on =
  (network: NetworkRecord, spoil: (call: RecordedCall) => void = () => {}) =>
  (call: RecordedCall) => {
    call.record.network = network;
    spoil(call);
  };
const withLine = (uplink: Impairment, downlink: Impairment = uplink, over: Partial<NetworkRecord> = {}) =>
  networkOf({ topology: homes({ uplink, downlink }), ...over });
const setRoundTrip = (seconds: number) => (call: RecordedCall) => {
  for (const role of ['caller', 'callee']) {
    rewrite(call, role, 'currentRoundTripTime', () => seconds);
    rewrite(call, role, 'roundTripTime', () => seconds);
  }
};
/** Of every ten packets that came, one more was lost, since the second sample. */
const loseTenth = (call: RecordedCall) => {
  for (const role of ['caller', 'callee']) {
    const received = new Map<string, number>();
    for (const { changed } of call.deltas[role]!) {
      for (const [id, fields] of Object.entries(changed)) {
        const packets = fields['packetsReceived'];
        if (typeof packets === 'number') received.set(id, packets);
        if (received.has(id)) fields['packetsLost'] = Math.round(received.get(id)! / 9);
      }
    }
  }
};
const relay = (call: RecordedCall) => {
  for (const { changed } of call.deltas['caller']!) {
    for (const fields of Object.values(changed)) {
      if (fields['type'] === 'local-candidate') fields['candidateType'] = 'relay';
    }
  }
};
const relayedBy = (transport: 'udp' | 'tcp'): Partial<NetworkRecord> => ({
  allocations: [{ role: 'caller', transport, t: 0 }],
});
const changeAt = (call: RecordedCall, problem?: string): NetworkRecord['changes'][number] => {
  const askedMs = call.record.steps[1]!.startMs + 1;
  const what = 'uplink loss 5 %';
  return { askedMs, effectiveMs: askedMs, role: 'caller', what, ...(problem !== undefined && { problem }) };
};

describe('a call whose link was measured not to be as configured', () => {
  const links: LinkMeasurement[] = [
    {
      t: 0,
      link: 'site:caller',
      direction: 'uplink',
      configured: { delayMs: 50, lossRatio: 0.05 },
      measured: { delayMs: 0.4, lossRatio: 0, packets: 500 },
      problem: 'the delay is 49.6 ms short',
    },
  ];

  test('is inconclusive, and names link, direction, what was configured and what was measured', async () => {
    const { run, call } = await judgeSpoiled(on(networkOf({ links })));
    expect(call).toMatchObject({ status: 'inconclusive', reasons: [{ kind: 'impairment' }] });
    expect(call.headline).toBe(
      'chrome → firefox: site:caller uplink was configured with delay 50 ms, loss 5 %, ' +
        'measured 0.4 ms, 0 % lost of 500 packets: the delay is 49.6 ms short',
    );
    expect(run.exitCode).toBe(111);
  });

  test('is inconclusive if it timed out, or ICE found another path than was checked: that proves nothing', async () => {
    const { call } = await judgeSpoiled(
      on(networkOf({ links }), ({ record }) => {
        record.fault = { phase: 'ice', status: 'failed', message: 'too late', code: 'TIMEOUT', details: {} };
        record.checks[0] = { ...record.checks[0]!, passed: false, phase: 'ice' };
      }),
    );
    expect(call.status).toBe('inconclusive');
  });

  test('stays failed if a check of something else failed', async () => {
    const { call } = await judgeSpoiled(
      on(networkOf({ links }), ({ record }) => {
        record.checks[0] = { ...record.checks[0]!, passed: false };
      }),
    );
    expect(call.status).toBe('failed');
  });

  test('makes a breached threshold on its metrics inconclusive, but not one on another variant or on checks', async () => {
    const spoiled = callBy('relay-tls', 300);
    spoiled.record.network = networkOf({ links });
    const run = await judgeCalls([callBy('direct', 100), spoiled], {
      comparison: PATHS,
      thresholds: {
        connect_ms: ['max<1'],
        'connect_ms{path:relay-tls,role:caller}': ['max<1'],
        'connect_ms{path:direct}': ['max<1'],
        checks: ['rate>1'],
      },
    });
    expect(run.thresholds.map(({ status }) => status)).toEqual([
      'inconclusive',
      'inconclusive',
      'failed',
      'failed',
    ]);
    expect(run.reasons.find(({ name }) => name === 'connect_ms')?.message).toContain(
      'but the network was not what was asked for',
    );
  });

  test('makes a breached gate on a penalty inconclusive if it is a call of the baseline', async () => {
    const [baseline] = callsBy('direct', [100]);
    baseline!.record.network = networkOf({ links });
    const run = await judgeCalls([baseline!, callBy('relay-tls', 300)], {
      comparison: PATHS,
      thresholds: { 'relay_penalty_ms{path:relay-tls}': ['max<1'] },
    });
    expect(run.thresholds[0]!.status).toBe('inconclusive');
  });
});

test('a call whose network broke errors the run, and what failed or was breached in it is not the product’s', async () => {
  const broken = callBy('relay-tls', 300);
  broken.record.fault = {
    phase: 'network',
    status: 'errored',
    message: "the run's TURN server died",
    code: 'TURN_DIED',
    details: {},
  };
  broken.record.checks = broken.record.checks.map((check) => ({ ...check, passed: false }));
  const run = await judgeCalls([callBy('direct', 100), broken], {
    comparison: PATHS,
    thresholds: { checks: ['rate==1'], 'connect_ms{path:relay-tls}': ['max<1'] },
  });
  expect(run).toMatchObject({ status: 'errored', exitCode: 112 });
  expect(run.thresholds.map(({ status }) => status)).toEqual(['passed', 'inconclusive']);
  expect(run.reasons.find(({ name }) => name?.startsWith('connect_ms'))?.message).toContain(
    'but the network broke',
  );
});

test('a call is inconclusive if a change of its network had no effect', async () => {
  const { call } = await judgeSpoiled((spoiled) =>
    on(networkOf({ changes: [changeAt(spoiled, '0 of 500 probes were lost')] }))(spoiled),
  );
  expect(call.status).toBe('inconclusive');
  expect(call.headline).toContain('uplink loss 5 % at caller did not take effect: 0 of 500 probes were lost');
});

describe('a call whose round trip is shorter than the delays allow', () => {
  test.for(['lab', 'shaped'] as const)('is inconclusive and says both (%s)', async (level) => {
    const { call } = await judgeSpoiled(on(withLine({ delayMs: 50 }, { delayMs: 50 }, { level })));
    expect(call.status).toBe('inconclusive');
    expect(call.headline).toMatch(
      /configured 50 ms there and 50 ms back, but call(er|ee)'s rtt_ms was [\d.]+ ms: the impairment did not take effect/,
    );
  });

  test.for([
    ['it is as long as configured', withLine({ delayMs: 50 }), setRoundTrip(0.101)],
    ['jitter explains it', withLine({ delayMs: 50, jitterMs: 10 }), setRoundTrip(0.06)],
    ['packets may overtake the delay', withLine({ delayMs: 50, reorderRatio: 0.1 }), setRoundTrip(0.001)],
    ['the delay is too little to be told', withLine({ delayMs: 1 }), setRoundTrip(0.0001)],
  ] as const)('passes if %s', async ([, network, spoil]) => {
    const { call } = await judgeSpoiled(on(network, spoil));
    expect([call.status, call.reasons]).toEqual(['passed', []]);
  });

  test('is judged before the first change of the script only', async () => {
    const { call } = await judgeSpoiled((spoiled) =>
      on(withLine({ delayMs: 50 }, { delayMs: 50 }, { changes: [changeAt(spoiled)] }))(spoiled),
    );
    expect(call.status).toBe('passed');
  });
});

describe('a call that lost other than was configured', () => {
  test.for([
    [
      'none of a tenth',
      { lossRatio: 0.1 },
      () => {},
      /configured 10 % of loss, but callee missed 0 % of \d+ packets: the impairment did not/,
    ],
    [
      'a tenth of one in a hundred',
      { lossRatio: 0.01 },
      loseTenth,
      /missed [\d.]+ % of \d+ packets: something else/,
    ],
  ] as const)('is inconclusive: %s', async ([, uplink, spoil, message]) => {
    const { call } = await judgeSpoiled(on(withLine(uplink, {}), spoil));
    expect(call.status).toBe('inconclusive');
    expect(call.headline).toMatch(message);
  });

  test.for([
    ['it is as configured', withLine({ lossRatio: 0.1 }), loseTenth],
    ['so little says nothing', withLine({ lossRatio: 0.005 }, {}), () => {}],
    ['a narrow link drops packets too', withLine({ lossRatio: 0.01, rateBps: 9e6 }), loseTenth],
    ['none was configured', withLine({ delayMs: 1 }), loseTenth],
    ['duplicates hide it', withLine({ lossRatio: 0.1, duplicateRatio: 0.1 }), () => {}],
    ['losses come in long runs', withLine({ lossRatio: 0.05, lossBurst: 40 }, {}), () => {}],
    ['TCP to the relay hides it', withLine({ lossRatio: 0.1 }, {}, relayedBy('tcp')), relay],
    ['nobody knows how the relay was reached', withLine({ lossRatio: 0.1 }), relay],
  ] as const)('passes if %s', async ([, network, spoil]) => {
    const { call } = await judgeSpoiled(on(network, spoil));
    expect([call.status, call.reasons]).toEqual(['passed', []]);
  });

  test('is inconclusive on a relay that was reached by UDP too', async () => {
    const { call } = await judgeSpoiled(on(withLine({ lossRatio: 0.1 }, {}, relayedBy('udp')), relay));
    expect(call.headline).toContain('the impairment did not take effect');
  });

  test('passes if the script changed the network', async () => {
    const { call } = await judgeSpoiled((spoiled) =>
      on(withLine({ lossRatio: 0.1 }, {}, { changes: [changeAt(spoiled)] }))(spoiled),
    );
    expect(call.status).toBe('passed');
  });
});

describe('a call that received more than its link carries', () => {
  test('is inconclusive and says both', async () => {
    const { call } = await judgeSpoiled(on(withLine({}, { rateBps: 20_000 })));
    expect(call.status).toBe('inconclusive');
    expect(call.headline).toMatch(/configured 20 kbit\/s, but caller received \d+ kbit\/s of RTP/);
  });

  test('passes if the link is wide enough', async () => {
    const { call } = await judgeSpoiled(on(withLine({}, { rateBps: 20e6 })));
    expect(call.status).toBe('passed');
  });
});

test('a call is not compared with a network it did not have: on loopback, or in an old record', async () => {
  const { topology: _, ...flat } = networkOf({ level: 'loopback' });
  const loopback = await judgeSpoiled(on(flat));
  const old = await judgeSpoiled(() => {});
  expect([loopback.call.status, old.call.status]).toEqual(['passed', 'passed']);
  expect(old.call).not.toHaveProperty('network');
});

describe('a call on a network impaired on purpose', () => {
  const fillMachine = ({ record }: RecordedCall) => {
    for (const sample of record.host) sample.hostCpuRatio = 0.98;
  };
  const stopSending = (call: RecordedCall) => {
    rewrite(call, 'caller', 'framesSent', (_, sample) => sample);
    rewrite(call, 'caller', 'framesEncoded', (_, sample) => sample);
  };
  const stopCamera = (call: RecordedCall) => rewrite(call, 'caller', 'frames', (_, sample) => sample);

  test('is not called saturated if the encoder sends fewer frames because the link is narrow', async () => {
    const { call } = await judgeSpoiled(
      on(withLine({ rateBps: 9e6 }), (spoiled) =>
        [fillMachine, stopSending].forEach((each) => each(spoiled)),
      ),
    );
    expect(call.status).toBe('passed');
  });

  test('is called saturated if the camera itself fell behind', async () => {
    const { call } = await judgeSpoiled(
      on(withLine({ rateBps: 9e6 }), (spoiled) => [fillMachine, stopCamera].forEach((each) => each(spoiled))),
    );
    expect(call.headline).toMatch(/saturated.*caller's camera gave [\d.]+ of 20 frames per second/);
  });

  test('does not blame the network for packets that a saturated machine lost', async () => {
    const { call } = await judgeSpoiled(
      on(withLine({ lossRatio: 0.01 }), (spoiled) =>
        [fillMachine, stopCamera, loseTenth].forEach((each) => each(spoiled)),
      ),
    );
    expect(call.reasons.map(({ kind }) => kind)).toEqual(['saturation']);
  });

  test('may stand still through the hold if the script took its network away and checked what came of it', async () => {
    const standStill = (call: RecordedCall) => {
      for (const role of ['caller', 'callee'])
        for (const field of ['packetsReceived', 'packetsSent']) rewrite(call, role, field, () => 7);
    };
    const taken = await judgeSpoiled((call) =>
      on(networkOf({ changes: [changeAt(call)] }), standStill)(call),
    );
    const unchanged = await judgeSpoiled(on(networkOf(), standStill));
    expect([taken.call.status, unchanged.call.status]).toEqual(['passed', 'inconclusive']);
  });
});
