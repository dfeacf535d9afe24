import { expect, test } from 'vitest';
import { deriveCall } from '../../harness/metrics/derive.ts';
import { PeerFigures } from '../../harness/metrics/peer-figures.ts';
import { encodeDelta, type ReportSnapshot } from '../../harness/stats/delta.ts';
import type { MetricSample, RawStat, StatsSample } from '../../harness/stats/sample.ts';
import { selectStats, SELECTED_FIELDS } from '../../harness/stats/selected.ts';
import { judgeCall } from '../../harness/verdict/judge-call.ts';
import { CallObserver } from '../../harness/verdict/observe.ts';
import { CallWitness } from '../../harness/verdict/plausible.ts';
import { recordedCall, type RecordedCall } from '../fixtures/recorded.ts';

const CALLS = {
  'Chromium calls Firefox': recordedCall(),
  'Firefox calls Chromium': recordedCall(
    'firefox-153/caller-with-chromium-156',
    'chromium-156/callee-with-firefox-153',
  ),
};
const NAMES = Object.keys(CALLS) as (keyof typeof CALLS)[];

type Samples = Record<string, StatsSample[]>;

/** Everything that is made of a call's samples. */
function verdictOf({ record }: RecordedCall, samples: Samples) {
  const observer = new CallObserver(record);
  const witness = new CallWitness(record);
  const figures = new PeerFigures();
  const metrics: MetricSample[] = [];
  for (const sample of deriveCall({ record, samples, onSample: observer.add })) {
    metrics.push(sample);
    figures.add(sample);
    witness.add(sample);
  }
  const call = judgeCall({ record, roles: ['caller', 'callee'], figures, observer, witness });
  return { metrics, call };
}

function each(samples: Samples, change: (stats: RawStat[]) => RawStat[]): Samples {
  const changed = Object.entries(samples).map(([role, list]): [string, StatsSample[]] => [
    role,
    list.map((sample) => ({ ...sample, listed: sample.stats.length, stats: change(sample.stats) })),
  ]);
  return Object.fromEntries(changed);
}

test.for(NAMES)('selectStats() leaves all that metrics, verdict and evidence need, if %s', (name) => {
  const call = CALLS[name];
  const whole = verdictOf(call, call.samples());
  expect(whole.metrics.length).toBeGreaterThan(100);
  expect(verdictOf(call, each(call.samples(), selectStats))).toEqual(whole);
});

test.for(NAMES)('SELECTED_FIELDS has every field that is read, if %s', (name) => {
  const call = CALLS[name];
  const read = new Set<string>();
  const noted = (stat: RawStat): RawStat =>
    new Proxy(stat, {
      get(of, field) {
        if (typeof field === 'string' && field in of) read.add(`${of.type} ${field}`);
        return of[field as string];
      },
    });
  verdictOf(
    call,
    each(call.samples(), (stats) => stats.map(noted)),
  );
  const always = new Set(['id', 'type', 'timestamp']);
  const known = Object.entries(SELECTED_FIELDS).flatMap(([type, fields]) =>
    fields.map((field) => `${type} ${field}`),
  );
  const missing = [...read].filter((field) => !always.has(field.split(' ')[1]!) && !known.includes(field));
  // An inbound stream's other side is found by its id, and then nobody looks at it.
  expect(missing.filter((field) => field !== 'inbound-rtp remoteId')).toEqual([]);
});

test.for(NAMES)('selectStats() makes deltas less than half as large, if %s', (name) => {
  const call = CALLS[name];
  const bytes = (samples: Samples) => JSON.stringify(Object.values(samples).map(deltasOf)).length;
  expect(bytes(each(call.samples(), selectStats)) / bytes(call.samples())).toBeLessThan(0.5);
});

function deltasOf(samples: StatsSample[]) {
  let before: ReportSnapshot | undefined;
  return samples.slice(1).map(({ stats }) => {
    const { delta, snapshot } = encodeDelta(before, stats);
    const isFirst = before === undefined;
    before = snapshot;
    return isFirst ? undefined : delta;
  });
}

test('selectStats() drops types nobody reads, and pairs, candidates and codecs that are not in use', () => {
  const stat = (id: string, type: string, fields: object): RawStat => ({ id, type, timestamp: 1, ...fields });
  const report = [
    stat('T', 'transport', { selectedCandidatePairId: 'P1', bytesSent: 1, dtlsState: 'connected' }),
    stat('P1', 'candidate-pair', { localCandidateId: 'L1', remoteCandidateId: 'R1', packetsSent: 1 }),
    stat('P2', 'candidate-pair', { localCandidateId: 'L2', remoteCandidateId: 'R2' }),
    ...['L1', 'L2'].map((id) => stat(id, 'local-candidate', { candidateType: 'host' })),
    ...['R1', 'R2'].map((id) => stat(id, 'remote-candidate', { candidateType: 'host' })),
    stat('C1', 'codec', { mimeType: 'video/VP8' }),
    stat('C2', 'codec', { mimeType: 'video/AV1' }),
    stat('I', 'inbound-rtp', { kind: 'video', codecId: 'C1', framesDecoded: undefined }),
    stat('Z', 'certificate', { fingerprint: 'x' }),
  ];
  expect(selectStats(report)).toEqual([
    { id: 'T', type: 'transport', timestamp: 1, selectedCandidatePairId: 'P1', dtlsState: 'connected' },
    { id: 'P1', type: 'candidate-pair', timestamp: 1, localCandidateId: 'L1', remoteCandidateId: 'R1' },
    { id: 'L1', type: 'local-candidate', timestamp: 1, candidateType: 'host' },
    { id: 'R1', type: 'remote-candidate', timestamp: 1, candidateType: 'host' },
    { id: 'C1', type: 'codec', timestamp: 1, mimeType: 'video/VP8' },
    { id: 'I', type: 'inbound-rtp', timestamp: 1, kind: 'video', codecId: 'C1' },
  ]);
  expect(Object.hasOwn(selectStats(report).at(-1)!, 'framesDecoded')).toBe(false);
});
