import { describe, expect, test } from 'vitest';
import { createRandom } from '../../harness/random.ts';
import { deriveCall } from '../../harness/metrics/derive.ts';
import { PeerFigures } from '../../harness/metrics/peer-figures.ts';
import { Penalties } from '../../harness/metrics/penalties.ts';
import type { MetricSample } from '../../harness/stats/sample.ts';
import { callBy, callsBy, PATHS } from '../fixtures/comparing.ts';
import type { RecordedCall } from '../fixtures/recorded.ts';

function penaltiesOf(calls: readonly RecordedCall[], comparison = PATHS): MetricSample[] {
  const penalties = new Penalties(comparison);
  for (const { record, samples } of calls) {
    const figures = new PeerFigures();
    for (const sample of deriveCall({ record, samples: samples() })) figures.add(sample);
    penalties.add(record, figures);
  }
  return [...penalties.derive()];
}
const values = (samples: readonly MetricSample[], metric: string) =>
  samples.filter((each) => each.metric === metric).map(({ value }) => value);

describe('Penalties.derive()', () => {
  test('says for each peer what it took more than the median of the baseline', () => {
    const samples = penaltiesOf([...callsBy('direct', [100, 150, 500]), callBy('relay-tls', 400)]);
    expect(values(samples, 'relay_penalty_ms')).toEqual([250, 250]);
    expect(values(samples, 'relay_penalty_rtt_ms')).toEqual([0, 0]);
  });

  test("tags them as the call's own metrics", () => {
    const [first] = penaltiesOf([callBy('direct', 100), callBy('relay-tls', 400)]);
    expect(first!.tags).toEqual({
      pair: 'chrome:firefox',
      cell: 'chrome:firefox/relay-tls',
      path: 'relay-tls',
      call: 'relay-tls-0',
      role: 'caller',
      browser: 'chrome',
      browser_version: expect.stringMatching(/^156\./),
      candidate_type: 'host',
    });
  });

  test('says the same whichever call was first', () => {
    const calls = [...callsBy('direct', [100, 150]), callBy('relay-tls', 400)];
    expect(penaltiesOf(calls.toReversed())).toEqual(penaltiesOf(calls));
  });

  test('compares by role: what a callee takes is measured by callees', () => {
    const baseline = callBy('direct', 100);
    const { marks } = baseline.record.peers['callee']!;
    marks.connected = marks.start! + 300;
    expect(values(penaltiesOf([baseline, callBy('relay-tls', 400)]), 'relay_penalty_ms')).toEqual([300, 100]);
  });

  test.for([
    ['no call of the baseline', [callBy('relay-tls', 400)]],
    ['a baseline of another pair only', [otherPair(callBy('direct', 100)), callBy('relay-tls', 400)]],
    ['a baseline that never connected', [unconnected(callBy('direct', 100)), callBy('relay-tls', 400)]],
    ['a peer that never connected', [callBy('direct', 100), unconnected(callBy('relay-tls', 400))]],
  ] as const)('says nothing of connect_ms if there is %s', ([, calls]) => {
    expect(values(penaltiesOf(calls), 'relay_penalty_ms')).toEqual([]);
  });

  test('says nothing if the plan names no baseline', () => {
    const { axis, cases } = PATHS;
    expect(penaltiesOf([callBy('direct', 100), callBy('relay-tls', 400)], { axis, cases })).toEqual([]);
  });

  test('says nothing of the round trip if there was no hold to measure it in', () => {
    const call = callBy('relay-tls', 400);
    call.record.steps = [];
    expect(values(penaltiesOf([callBy('direct', 100), call]), 'relay_penalty_rtt_ms')).toEqual([]);
  });

  test('has the median 0 for a copy of the baseline, whatever the baseline was', () => {
    const random = createRandom(4);
    for (let trial = 0; trial < 5; trial++) {
      const times = Array.from({ length: 1 + 2 * trial }, () => Math.round(50 + 1000 * random()));
      const copied = values(
        penaltiesOf([...callsBy('direct', times), ...callsBy('relay-tls', times)]),
        'relay_penalty_ms',
      ).toSorted((a, b) => a - b);
      expect(copied).toHaveLength(2 * times.length);
      expect(copied[times.length]).toBe(0);
    }
  });
});

function otherPair(call: RecordedCall): RecordedCall {
  call.record.cell = 'opera:firefox/direct';
  return call;
}

function unconnected(call: RecordedCall): RecordedCall {
  for (const { marks } of Object.values(call.record.peers)) delete marks.connected;
  return call;
}
