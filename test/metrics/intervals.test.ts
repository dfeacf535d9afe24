import { describe, expect, test } from 'vitest';
import { intervals } from '../../harness/metrics/intervals.ts';
import type { RawStat, StatsSample } from '../../harness/stats/sample.ts';

/** A sample at `t` ms with one object of each given type; `timestamp` is `t` unless said otherwise. */
function sample(t: number, stats: Record<string, Record<string, unknown>>): StatsSample {
  const objects = Object.entries(stats).map(
    ([type, fields]) => ({ id: type, type, timestamp: t, kind: 'video', ...fields }) as RawStat,
  );
  return { t, connection: 'callee', seq: t, lateMs: 0, costMs: 0, stats: objects };
}
const inbound = (t: number, fields: Record<string, unknown>) => sample(t, { 'inbound-rtp': fields });
const outbound = (t: number, fields: Record<string, unknown>) => sample(t, { 'outbound-rtp': fields });
const valuesOf = (metric: string, samples: StatsSample[], stepAt?: (t: number) => string | undefined) =>
  [...intervals({ samples, ...(stepAt && { stepAt }) })].flatMap((each) =>
    each.metric === metric ? [each.value] : [],
  );

describe('packet_loss_ratio', () => {
  test('is the share of what was expected in the interval, not since the start', () => {
    const samples = [
      inbound(0, { packetsLost: 50, packetsReceived: 50 }),
      inbound(1000, { packetsLost: 60, packetsReceived: 90 }),
    ];
    expect(valuesOf('packet_loss_ratio', samples)).toEqual([0.2]);
  });

  test('counts a shrinking packetsLost as 0', () => {
    const samples = [
      inbound(0, { packetsLost: 5, packetsReceived: 0 }),
      inbound(1000, { packetsLost: 3, packetsReceived: 10 }),
    ];
    expect(valuesOf('packet_loss_ratio', samples)).toEqual([0]);
  });

  test.for([
    ['nothing was expected', { packetsLost: 1, packetsReceived: 1 }],
    ['packetsReceived was started again', { packetsLost: 1, packetsReceived: 0 }],
    ['packetsLost is not reported', { packetsReceived: 9 }],
  ] as const)('is absent if %s', ([, after]) => {
    expect(
      valuesOf('packet_loss_ratio', [
        inbound(0, { packetsLost: 1, packetsReceived: 1 }),
        inbound(1000, after),
      ]),
    ).toEqual([]);
  });
});

describe('rates', () => {
  test("take time from the object's own timestamp", () => {
    const samples = [
      inbound(0, { framesDecoded: 0, timestamp: 0 }),
      inbound(1000, { framesDecoded: 20, timestamp: 800 }),
    ];
    expect(valuesOf('fps_received', samples)).toEqual([25]);
  });

  test('are absent if the timestamp stood still: a frozen report is no 0 fps', () => {
    const samples = [
      inbound(0, { framesDecoded: 5, timestamp: 7 }),
      inbound(1000, { framesDecoded: 5, timestamp: 7 }),
    ];
    expect(valuesOf('fps_received', samples)).toEqual([]);
  });

  test('are 0 if the counter stood still while time went on', () => {
    expect(
      valuesOf('fps_received', [inbound(0, { framesDecoded: 5 }), inbound(1000, { framesDecoded: 5 })]),
    ).toEqual([0]);
  });

  test('are absent if the counter shrank', () => {
    expect(
      valuesOf('fps_received', [inbound(0, { framesDecoded: 5 }), inbound(1000, { framesDecoded: 2 })]),
    ).toEqual([]);
  });

  test('join an interval that is too short to the next', () => {
    const samples = [0, 1000, 1010, 2000].map((t) => inbound(t, { framesDecoded: t / 50 }));
    expect(valuesOf('fps_received', samples)).toEqual([20, 20]);
  });

  test("leave out a sliver at a step's border instead of joining across it", () => {
    const samples = [0, 950, 1000, 2000].map((t) => inbound(t, { framesDecoded: t / 50 }));
    const spans = [...intervals({ samples, stepAt: (t) => (t >= 1000 ? 'hold' : undefined) })].filter(
      ({ metric }) => metric === 'fps_received',
    );
    expect(spans.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [0, 950],
      [1000, 2000],
    ]);
  });

  test('keep connections apart', () => {
    const other = (each: StatsSample): StatsSample => ({ ...each, connection: 'relay' });
    const samples = [0, 1000].flatMap((t) => [
      inbound(t, { framesDecoded: t / 50 }),
      other(inbound(t, { framesDecoded: t / 100 })),
    ]);
    expect(valuesOf('fps_received', samples)).toEqual([20, 10]);
  });
});

describe('bitrates', () => {
  test('add payload and headers', () => {
    const samples = [
      outbound(0, { bytesSent: 0, headerBytesSent: 0 }),
      outbound(2000, { bytesSent: 900, headerBytesSent: 100 }),
    ];
    expect(valuesOf('send_bitrate_bps', samples)).toEqual([4000]);
  });

  test('are absent if nothing is sent: a receiver does not send 0 bps', () => {
    expect(valuesOf('send_bitrate_bps', [inbound(0, {}), inbound(1000, {})])).toEqual([]);
  });
});

describe('fps_sent', () => {
  test('falls back on framesEncoded if framesSent is not reported', () => {
    expect(
      valuesOf('fps_sent', [outbound(0, { framesEncoded: 0 }), outbound(1000, { framesEncoded: 15 })]),
    ).toEqual([15]);
  });

  test('is not said of audio', () => {
    const audio = { kind: 'audio', framesSent: 0 };
    expect(valuesOf('fps_sent', [outbound(0, audio), outbound(1000, audio)])).toEqual([]);
  });
});

describe('jitter_ms', () => {
  test('is absent if nothing arrived in the interval', () => {
    const samples = [0, 1000, 2000].map((t) =>
      inbound(t, { jitter: 0.004, packetsReceived: Math.min(t, 1000) }),
    );
    expect(valuesOf('jitter_ms', samples)).toEqual([4]);
  });
});

describe('means of totals', () => {
  test.for([
    ['jitter_buffer_ms', inbound, 'jitterBufferDelay', 'jitterBufferEmittedCount'],
    ['decode_ms_per_frame', inbound, 'totalDecodeTime', 'framesDecoded'],
    ['encode_ms_per_frame', outbound, 'totalEncodeTime', 'framesEncoded'],
  ] as const)(
    '%s divides what both gained, and is absent if nothing was counted',
    ([metric, make, total, count]) => {
      const at = (t: number, [a, b]: [number, number]) => make(t, { [total]: a, [count]: b });
      expect(valuesOf(metric, [at(0, [10, 100]), at(1000, [10.5, 150]), at(2000, [10.5, 150])])).toEqual([
        10,
      ]);
    },
  );

  test('concealment_ratio divides concealed by received samples', () => {
    const at = (t: number, concealedSamples: number, totalSamplesReceived: number) =>
      inbound(t, { kind: 'audio', concealedSamples, totalSamplesReceived });
    expect(valuesOf('concealment_ratio', [at(0, 0, 0), at(1000, 12, 48)])).toEqual([0.25]);
  });

  test('freeze_ratio is seconds frozen a second', () => {
    const at = (t: number, totalFreezesDuration: number) => inbound(t, { totalFreezesDuration });
    expect(valuesOf('freeze_ratio', [at(0, 1), at(2000, 1.5)])).toEqual([0.25]);
  });

  test('quality_limitation_ratio is the share that was not none', () => {
    const at = (t: number, none: number, cpu: number) =>
      outbound(t, { qualityLimitationDurations: { none, cpu, bandwidth: 0 } });
    expect(valuesOf('quality_limitation_ratio', [at(0, 1, 0), at(1000, 1.25, 0.75)])).toEqual([0.75]);
  });
});

describe('rtt_ms', () => {
  const at = (t: number, currentRoundTripTime: number | undefined, report: Record<string, unknown> = {}) =>
    sample(t, {
      transport: { selectedCandidatePairId: 'candidate-pair' },
      'candidate-pair': { ...(currentRoundTripTime !== undefined && { currentRoundTripTime }) },
      'outbound-rtp': { remoteId: 'remote-inbound-rtp' },
      'remote-inbound-rtp': { roundTripTime: 0.03, ...report },
    });

  test('is that of the selected pair', () => {
    expect(valuesOf('rtt_ms', [at(0, 0.02), at(1000, 0.02)])).toEqual([20]);
  });

  test.for([undefined, 0])("is RTCP's if the pair says %s", (absent) => {
    expect(valuesOf('rtt_ms', [at(0, absent), at(1000, absent)])).toEqual([30]);
  });

  test('is absent if the pair says 0 and no new report came', () => {
    const old = { timestamp: 5 };
    expect(valuesOf('rtt_ms', [at(0, 0, old), at(1000, 0, old)])).toEqual([]);
  });
});

describe('nack_count, pli_count, fir_count', () => {
  test("count from the stream's birth and through short intervals", () => {
    const samples = [
      inbound(0, { nackCount: 2 }),
      inbound(10, { nackCount: 3 }),
      inbound(1000, { nackCount: 7 }),
    ];
    expect(valuesOf('nack_count', samples)).toEqual([2, 1, 4]);
  });

  test('count from 0 again if the counter shrank', () => {
    expect(valuesOf('pli_count', [inbound(0, { pliCount: 5 }), inbound(1000, { pliCount: 1 })])).toEqual([
      5, 1,
    ]);
  });

  test('are absent if not reported', () => {
    expect(valuesOf('fir_count', [inbound(0, {}), inbound(1000, {})])).toEqual([]);
  });
});
