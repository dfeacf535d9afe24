import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import type { Fault } from '../../harness/call-record.ts';
import { resultJsonSchema, RunResult } from '../../harness/result.ts';
import { judgeCalls, judgeSpoiled } from '../fixtures/judging.ts';
import { recordedCall } from '../fixtures/recorded.ts';

const fault = (over: Partial<Fault>): Fault => ({
  phase: 'dtls',
  status: 'failed',
  message: 'DTLS did not connect at callee: the connection to be connected took longer than 15000 ms.',
  code: 'TIMEOUT',
  details: {},
  ...over,
});

/** The recorded call under another id, as a call of the same run. */
const again = (id: string) => {
  const call = recordedCall();
  call.record.id = id;
  return call;
};

const THRESHOLDS = {
  connection_success: ['rate==1'],
  connect_ms: ['p(95)<3000'],
  'fps_received{step:hold}': ['avg>10'],
  'rtt_ms{pair:chrome:firefox,role:caller}': ['med<100'],
};

describe('judge() of a recorded call', () => {
  test('is the golden result', async () => {
    const calls = [
      recordedCall(),
      recordedCall('firefox-153/caller-with-chromium-156', 'chromium-156/callee-with-firefox-153'),
    ];
    const result = await judgeCalls(calls, { thresholds: THRESHOLDS });
    const json = `${JSON.stringify(result, null, 2)}\n`;
    await expect(json).toMatchFileSnapshot('../fixtures/results/chromium-156-firefox-153.json');
  });

  test('passes with exit code 0', async () => {
    const { run } = await judgeSpoiled(() => {}, { thresholds: THRESHOLDS });
    expect(run).toMatchObject({
      status: 'passed',
      exitCode: 0,
      reasons: [],
      checks: { passed: 2, failed: 0 },
    });
    expect(run.calls[0]!.headline).toMatch(
      /^chrome → firefox: connected in \d+ ms, first frame after \d+ ms$/,
    );
  });

  test('names ciphers, codecs, selected pair and source of each peer', async () => {
    const { call } = await judgeSpoiled(() => {});
    expect(call.peers['caller']).toMatchObject({
      selectedPair: 'host/udp → host/udp',
      srtpCipher: expect.stringMatching(/^SRTP_/),
      audioCodec: 'opus',
      videoCodec: 'VP8',
      source: 'fake-device 640x360@20',
    });
    expect(call.peers['caller']).not.toHaveProperty('evidence');
  });

  test.for([
    ['passed', () => {}],
    ['failed', ({ record }) => (record.fault = fault({}))],
    ['inconclusive', ({ deltas }) => (deltas['caller'] = [])],
  ] as [string, Parameters<typeof judgeSpoiled>[0]][])('fits the schemas if %s', async ([status, spoil]) => {
    const { run } = await judgeSpoiled(spoil, { thresholds: { ...THRESHOLDS, gum_ms: ['max<0'] } });
    expect(RunResult.parse(run)).toEqual(run);
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(resultJsonSchema());
    expect([validate(JSON.parse(JSON.stringify(run))), validate.errors]).toEqual([true, null]);
    expect(run.calls[0]!.status).toBe(status);
  });
});

describe('judge() fails a call', () => {
  test('with the broken phase and both peers in the headline if DTLS did not connect', async () => {
    const { run, call } = await judgeSpoiled(({ record }) => {
      record.fault = fault({});
      Object.assign(record.peers['callee']!.evidence, {
        iceConnectionState: 'connected',
        dtlsState: 'connecting',
      });
      record.peers['callee']!.console.push({ t: 0, level: 'error', source: 'console', text: 'no\nluck' });
    });
    expect(call).toMatchObject({ status: 'failed', phase: 'dtls' });
    expect(call.headline).toBe(
      'chrome → firefox: DTLS did not connect at callee: the connection to be connected took longer than 15000 ms ' +
        '(caller: ice connected; callee: ice connected, dtls connecting)',
    );
    expect(call.peers['callee']!.evidence).toMatch(
      /dtls connecting.*candidates .*host.*SDP set local.*last console error: no luck/,
    );
    expect(run).toMatchObject({
      status: 'failed',
      exitCode: 99,
      reasons: [{ kind: 'fault', phase: 'dtls' }],
    });
  });

  test('and puts the phase in front if the message does not name it', async () => {
    const { call } = await judgeSpoiled(({ record }) => {
      record.fault = fault({ phase: 'signaling', message: 'the answer did not reach caller' });
    });
    expect(call.headline).toContain('signaling: the answer did not reach caller');
  });

  test('if a check failed, and says which, where and why', async () => {
    const { run, call } = await judgeSpoiled(({ record }) => {
      record.checks[1] = { ...record.checks[1]!, passed: false, actual: 'no cipher' };
    });
    expect(call.headline).toBe(
      'chrome → firefox: DTLS: "SRTP is in use" failed at callee: expected an SRTP cipher, got no cipher',
    );
    expect(run).toMatchObject({ exitCode: 99, checks: { passed: 1, failed: 1, inconclusive: 0 } });
  });
});

describe('judge() is inconclusive', () => {
  test.for(['caller', 'callee'])('if a connected peer has no stats (%s)', async (role) => {
    const { run, call, reasons } = await judgeSpoiled(({ deltas }) => (deltas[role] = []));
    expect(reasons).toEqual([{ kind: 'no-evidence', status: 'inconclusive' }]);
    expect(call.headline).toContain(`${role} was connected, but no stats came from it`);
    expect(run.exitCode).toBe(111);
  });

  test('if most samples of the hold were lost', async () => {
    const { call } = await judgeSpoiled(({ deltas }) => deltas['callee']!.splice(3, 1));
    expect(call.headline).toMatch(/callee's stats cover \d+ of 6000 ms of the hold/);
  });

  test("if a peer's RTP counters stand still all through the hold", async () => {
    const { call } = await judgeSpoiled(({ deltas }) => {
      for (const { changed } of deltas['caller']!.slice(1)) {
        for (const fields of Object.values(changed)) {
          if ('packetsReceived' in fields) fields['packetsReceived'] = 7;
          if ('packetsSent' in fields) fields['packetsSent'] = 7;
        }
      }
    });
    expect(call.headline).toContain("caller's RTP counters stood still all through the hold");
  });

  test('if a check had no evidence, such as an SRTP cipher that is not reported', async () => {
    const { run, call } = await judgeSpoiled(({ record }) => {
      const { passed: _passed, ...check } = record.checks[0]!;
      record.checks[0] = { ...check, actual: 'not reported' };
    });
    expect(call.status).toBe('inconclusive');
    expect(call.checks[0]!.status).toBe('inconclusive');
    expect(run.metrics['checks']).toMatchObject({ samples: 1, rate: 1 });
  });

  test('if nobody connected and nothing was checked', async () => {
    const { call } = await judgeSpoiled(({ record, deltas }) => {
      record.checks = [];
      for (const peer of Object.values(record.peers)) peer.marks = {};
      deltas['caller'] = deltas['callee'] = [];
    });
    expect(call.headline).toContain('no peer connected and nothing was checked');
  });

  test('if a threshold has no samples', async () => {
    const { run } = await judgeSpoiled(() => {}, {
      thresholds: { 'available_outgoing_bitrate_bps{browser:firefox}': ['avg>0'] },
    });
    expect(run).toMatchObject({ status: 'inconclusive', exitCode: 111 });
    expect(run.thresholds[0]).toMatchObject({ status: 'inconclusive', samples: 0 });
    expect(run.thresholds[0]).not.toHaveProperty('actual');
  });

  test('if nothing ran', async () => {
    const run = await judgeCalls([]);
    expect(run).toMatchObject({ status: 'inconclusive', exitCode: 111, reasons: [{ kind: 'nothing-ran' }] });
  });

  test('if every call is unsupported', async () => {
    const { run, call } = await judgeSpoiled(({ record }) => {
      record.fault = fault({
        status: 'unsupported',
        phase: 'media',
        message: 'firefox has no H.264',
        code: 'UNSUPPORTED',
      });
    });
    expect(call.status).toBe('unsupported');
    expect(run).toMatchObject({ status: 'inconclusive', exitCode: 111 });
    expect(run.reasons.map(({ kind }) => kind)).toContain('nothing-ran');
  });

  test('if planned calls left no record', async () => {
    const run = await judgeCalls([recordedCall()], { unrun: 2 });
    expect(run).toMatchObject({
      status: 'inconclusive',
      reasons: [{ message: '2 of 3 calls left no record' }],
    });
  });
});

describe('judge() of a whole run', () => {
  test('fails with expected, actual, unit and samples if a threshold is breached', async () => {
    const { run } = await judgeSpoiled(() => {}, { thresholds: { connect_ms: ['p(95)<100'] } });
    expect(run).toMatchObject({ status: 'failed', exitCode: 99, calls: [{ status: 'passed' }] });
    expect(run.reasons[0]).toMatchObject({
      kind: 'threshold',
      name: 'connect_ms',
      expected: 'p(95)<100',
      unit: 'ms',
      samples: 2,
    });
    expect(run.headline).toMatch(
      /^p2p-call failed: connect_ms was .* ms over 2 samples, expected p\(95\)<100; 1 of 1 calls passed$/,
    );
  });

  test('is failed before it is errored', async () => {
    const [failed, errored] = [recordedCall(), again('002')];
    failed.record.fault = fault({});
    errored.record.fault = fault({
      status: 'errored',
      phase: 'launch',
      message: 'chrome died',
      code: 'BROWSER_DIED',
    });
    expect(await judgeCalls([errored, failed])).toMatchObject({ status: 'failed', exitCode: 99 });
  });

  test('is errored with exit code 112 if a browser died, though the other calls passed', async () => {
    const errored = again('002');
    errored.record.fault = fault({
      status: 'errored',
      phase: 'launch',
      message: 'chrome (pid 7) died',
      code: 'BROWSER_DIED',
    });
    const run = await judgeCalls([recordedCall(), errored]);
    expect(run).toMatchObject({ status: 'errored', exitCode: 112 });
    expect(run.headline).toContain('launch: chrome (pid 7) died');
    expect(run.metrics['connection_success']?.samples).toBe(2);
  });

  test('exits with 107 if the script threw', async () => {
    const { run } = await judgeSpoiled(({ record }) => {
      record.fault = fault({
        status: 'errored',
        phase: 'script',
        message: 'x is not a function',
        script: true,
      });
    });
    expect(run).toMatchObject({ status: 'errored', exitCode: 107 });
  });

  test('exits with 105 and says it is partial if it was stopped', async () => {
    const run = await judgeCalls([recordedCall()], { unrun: 3, aborted: 'SIGINT' });
    expect(run).toMatchObject({ status: 'inconclusive', exitCode: 105, aborted: 'SIGINT' });
    expect(run.headline).toBe(
      'p2p-call was stopped by SIGINT, the result is partial: 1 of 4 calls passed, 1 ran',
    );
  });

  test('blames no peer for what broke in a call that was being stopped', async () => {
    const { call, reasons } = await judgeSpoiled(({ record }) => {
      record.aborted = 'SIGTERM';
      record.fault = fault({});
    });
    expect(call.status).toBe('inconclusive');
    expect(reasons).toEqual([{ kind: 'aborted', status: 'inconclusive' }]);
  });

  test('passes if some calls passed and the others are unsupported', async () => {
    const unsupported = again('002');
    unsupported.record.fault = fault({ status: 'unsupported' });
    expect(await judgeCalls([recordedCall(), unsupported])).toMatchObject({ status: 'passed', exitCode: 0 });
  });

  test('does not miss the calls that --bail left out', async () => {
    const call = recordedCall();
    call.record.fault = fault({});
    const run = await judgeCalls([call], { unrun: 3, bail: true });
    expect(run.reasons.map(({ kind }) => kind)).toEqual(['fault']);
  });
});
