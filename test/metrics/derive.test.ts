import { describe, expect, test } from 'vitest';
import type { CallRecord } from '../../harness/call-record.ts';
import { METRICS, SCRIPT_METRICS } from '../../harness/metrics/catalogue.ts';
import { deriveCall } from '../../harness/metrics/derive.ts';
import { PENALTIES } from '../../harness/metrics/penalties.ts';
import type { MetricSample } from '../../harness/stats/sample.ts';
import { recordedCall, type RecordedCall } from '../fixtures/recorded.ts';

function derive(spoil: (call: RecordedCall) => void = () => {}): MetricSample[] {
  const call = recordedCall();
  spoil(call);
  return [...deriveCall({ record: call.record, samples: call.samples() })];
}
const only = (samples: MetricSample[], metric: string, role?: string) =>
  samples.filter((each) => each.metric === metric && (role === undefined || each.tags['role'] === role));
const spoilMarks = (marks: CallRecord['peers'][string]['marks']) => (call: RecordedCall) => {
  Object.assign(call.record.peers['caller']!.marks, marks);
};

describe('deriveCall()', () => {
  test.for([
    ['chromium-156/caller-with-firefox-153', 'firefox-153/callee-with-chromium-156'],
    ['firefox-153/caller-with-chromium-156', 'chromium-156/callee-with-firefox-153'],
  ] as const)('gives plausible values for every metric that %s and %s report', ([caller, callee]) => {
    const { record, samples } = recordedCall(caller, callee);
    const derived = [...deriveCall({ record, samples: samples() })];
    const chromiumOnly = ['available_outgoing_bitrate_bps', 'quality_limitation_ratio'];
    for (const role of ['caller', 'callee']) {
      const own = new Set(derived.flatMap(({ metric, tags }) => (tags['role'] === role ? [metric] : [])));
      const unmeasured: string[] = [
        'peer_cpu_cores',
        'peer_memory_bytes',
        'host_cpu_ratio',
        'harness_cpu_seconds',
        // Begun by no load.
        'call_success',
        'iterations',
        'iteration_duration_ms',
        'dropped_iterations',
        'vus_max',
        // Six seconds tell nothing of growth.
        'memory_growth_bytes_per_min',
        'heap_growth_bytes_per_min',
        'stats_growth_per_min',
        // Not sent from the test pattern.
        'e2e_latency_ms',
        'av_sync_ms',
        'frames_skipped_ratio',
        'content_freeze_count',
        // Recorded on loopback, without servers, variants or a script that measures.
        'stun_ms',
        'turn_allocate_ms',
        ...Object.keys(PENALTIES),
        ...SCRIPT_METRICS,
      ];
      const isFirefox = record.peers[role]!.kind === 'firefox';
      const expected = Object.keys(METRICS).filter(
        (metric) => !unmeasured.includes(metric) && !(isFirefox && chromiumOnly.includes(metric)),
      );
      expect([...own].toSorted()).toEqual(expected.toSorted());
      // The camera was asked for 20 frames a second; loopback loses nothing and is near.
      for (const { value } of only(derived, 'fps_sent', role)) expect(value).toBeGreaterThan(15);
      for (const { value } of only(derived, 'fps_received', role)) expect(value).toBeLessThan(25);
      for (const { value } of only(derived, 'packet_loss_ratio', role)) expect(value).toBe(0);
      for (const { value } of only(derived, 'rtt_ms', role)) expect(value).toBeLessThan(50);
      for (const { value } of only(derived, 'recv_bitrate_bps', role)) expect(value).toBeGreaterThan(50_000);
    }
  });

  test('tags what is measured by stream with kind and codec, and all with pair, role, browser, version and call', () => {
    const [first] = only(derive(), 'fps_sent', 'caller');
    expect(first!.tags).toMatchObject({
      pair: 'chrome:firefox',
      role: 'caller',
      browser: 'chrome',
      browser_version: expect.stringMatching(/^156\./),
      call: '001-chrome-firefox',
      kind: 'video',
      codec: 'VP8',
      candidate_type: 'host',
    });
  });

  test('says relay in candidate_type if only the remote candidate is one', () => {
    const derived = derive(({ record, deltas }) => {
      deltas['caller'] = [];
      const evidence = record.peers['caller']!.evidence;
      evidence.selectedPair = {
        local: '',
        remote: '',
        localType: 'prflx',
        remoteType: 'relay',
        protocol: 'udp',
      };
    });
    expect(only(derived, 'connect_ms', 'caller')[0]!.tags).toMatchObject({ candidate_type: 'relay' });
  });

  test("tags only intervals wholly inside a step, in the harness's clock", () => {
    const holdOf = (spoil?: (call: RecordedCall) => void) =>
      only(derive(spoil), 'fps_received', 'callee').filter(({ tags }) => tags['step'] === 'hold').length;
    const shift = (ms: number) => (call: RecordedCall) => {
      const peer = call.record.peers['callee']!;
      peer.clock = { offsetMs: peer.clock!.offsetMs + ms, uncertaintyMs: 1 };
    };
    expect(holdOf()).toBeGreaterThanOrEqual(4);
    expect(holdOf(shift(-60_000))).toBe(0);
    expect(holdOf(shift(3000))).toBeLessThan(holdOf());
  });

  test('says nothing of steps without a clock', () => {
    const derived = derive(({ record }) => delete record.peers['callee']!.clock);
    expect(only(derived, 'fps_received', 'callee').every(({ tags }) => tags['step'] === undefined)).toBe(
      true,
    );
  });

  test.for([
    ['missing', { connected: undefined }],
    ['the wrong way round', { connected: 1 }],
    ['not a number', { connected: Number.NaN }],
  ] as const)('has no waterfall time if a mark is %s', ([, marks]) => {
    const derived = derive(spoilMarks(marks as { connected: number }));
    expect(only(derived, 'connect_ms', 'caller')).toEqual([]);
    expect(only(derived, 'connect_ms', 'callee')).toHaveLength(1);
  });

  test("takes signaling_ms from the answerer's own marks at the answerer", () => {
    const { record } = recordedCall();
    const { offerReceived = 0, answerSent = 0 } = record.peers['callee']!.marks;
    expect(only(derive(), 'signaling_ms', 'callee')[0]!.value).toBe(answerSent - offerReceived);
  });
});

describe('of a peer with several connections', () => {
  const withThird = ({ record }: RecordedCall) => {
    const { marks, evidence } = record.peers['caller']!;
    const { connected: _, ...unconnected } = marks;
    record.peers['caller']!.connections = {
      callee: { marks, evidence },
      third: { marks: unconnected, evidence },
    };
  };

  test('deriveCall() tells a peer’s connections apart by the tag remote, and only there', () => {
    const remotes = (role: string, metric: string) =>
      new Set(only(derive(withThird), metric, role).map(({ tags }) => tags['remote']));
    expect(remotes('caller', 'signaling_ms')).toEqual(new Set(['callee', 'third']));
    expect(remotes('caller', 'connect_ms')).toEqual(new Set(['callee']));
    expect(remotes('caller', 'send_bitrate_bps')).toEqual(new Set(['callee']));
    expect(remotes('caller', 'gum_ms')).toEqual(new Set([undefined]));
    expect(only(derive(withThird), 'gum_ms', 'caller')).toHaveLength(1);
    expect(remotes('callee', 'connect_ms')).toEqual(new Set([undefined]));
  });

  test('connection_success is a sample for each', () => {
    const success = only(derive(withThird), 'connection_success', 'caller');
    expect(success.map(({ value, tags }) => [tags['remote'], value])).toEqual([
      ['callee', 1],
      ['third', 0],
    ]);
  });
});

describe('connection_success', () => {
  const fault = (status: 'failed' | 'errored' | 'unsupported') => (call: RecordedCall) => {
    call.record.fault = { phase: 'ice', status, message: '', code: 'TIMEOUT', details: {} };
    delete call.record.peers['caller']!.marks.connected;
  };

  test('is one sample for each peer', () => {
    expect(only(derive(), 'connection_success').map(({ value }) => value)).toEqual([1, 1]);
  });

  test('is 0 for a peer that did not connect', () => {
    expect(only(derive(fault('failed')), 'connection_success').map(({ value }) => value)).toEqual([0, 1]);
  });

  test.for(['errored', 'unsupported'] as const)('has no sample if the call is %s', (status) => {
    expect(only(derive(fault(status)), 'connection_success')).toEqual([]);
  });

  test('has no sample for a peer that was not connected yet when the run was stopped', () => {
    const derived = derive((call) => {
      call.record.aborted = 'SIGINT';
      delete call.record.peers['caller']!.marks.connected;
    });
    expect(only(derived, 'connection_success').map(({ tags }) => tags['role'])).toEqual(['callee']);
  });
});

describe('checks', () => {
  test('leaves out a check without evidence', () => {
    const derived = derive(({ record }) => {
      record.checks[0] = { ...record.checks[0]!, passed: false };
      delete record.checks[1]!.passed;
    });
    expect(only(derived, 'checks').map(({ value }) => value)).toEqual([0]);
  });

  test.for([
    ['a check that failed in a call whose network broke', 'network', []],
    ['nothing if it was a browser that broke after it failed', 'agent', [0]],
  ] as const)('leaves out %s', ([, phase, left]) => {
    const derived = derive(({ record }) => {
      record.checks = [{ ...record.checks[0]!, passed: false }];
      record.fault = { phase, status: 'errored', message: 'it died', code: 'X_DIED', details: {} };
    });
    expect(only(derived, 'checks').map(({ value }) => value)).toEqual(left);
  });
});

describe('peer_cpu_cores and peer_memory_bytes', () => {
  test('are divided by the peers that share the process', () => {
    const derived = derive(({ record }) => {
      record.peers['caller']!.process = [
        { t: 0, cpuSeconds: 1, pssBytes: 100, peers: 2 },
        { t: 2000, cpuSeconds: 2, pssBytes: 200, peers: 2 },
      ];
    });
    expect(only(derived, 'peer_cpu_cores').map(({ value }) => value)).toEqual([0.25]);
    expect(only(derived, 'peer_memory_bytes').map(({ value }) => value)).toEqual([50, 100]);
  });

  test('are absent if the browser was launched again or memory is not reported', () => {
    const derived = derive(({ record }) => {
      record.peers['caller']!.process = [
        { t: 0, cpuSeconds: 5, peers: 1 },
        { t: 1000, cpuSeconds: 1, peers: 1 },
      ];
    });
    expect([...only(derived, 'peer_cpu_cores'), ...only(derived, 'peer_memory_bytes')]).toEqual([]);
  });
});

describe('harness_cpu_seconds', () => {
  test('is what was used between samples, not since the run began', () => {
    const total = only(derive(), 'harness_cpu_seconds').reduce((sum, { value }) => sum + value, 0);
    expect(total).toBeCloseTo(0.05);
  });

  test('is shared by the calls that run at the same time', () => {
    const derived = derive(({ record }) => {
      record.host = record.host.map((sample) => ({ ...sample, calls: 2 }));
    });
    const total = only(derived, 'harness_cpu_seconds').reduce((sum, { value }) => sum + value, 0);
    expect(total).toBeCloseTo(0.025);
  });
});
