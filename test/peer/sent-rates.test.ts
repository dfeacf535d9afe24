import { expect, test } from 'vitest';
import { SentRates } from '../../harness/peer/sent-rates.ts';
import { encodeDelta } from '../../harness/stats/delta.ts';
import type { RawStat, StatsDelta } from '../../harness/stats/sample.ts';

/** Samples of a peer that has sent so much by then. */
function samples(...sent: [t: number, bytes: number][]): StatsDelta[] {
  let previous: ReturnType<typeof encodeDelta>['snapshot'] | undefined;
  return sent.map(([t, bytesSent], seq) => {
    const stream: RawStat = {
      id: 'out',
      type: 'outbound-rtp',
      kind: 'video',
      timestamp: t,
      bytesSent,
      headerBytesSent: 0,
    };
    const { delta, snapshot } = encodeDelta(previous, [stream]);
    previous = snapshot;
    return { t, connection: 'callee', seq, lateMs: 0, costMs: 0, ...delta };
  });
}

test('SentRates have a rate for each interval, and join those that are too short', () => {
  const sent = new SentRates();
  for (const delta of samples([0, 0], [1000, 1000], [1100, 5000], [2000, 3000])) sent.add(delta);
  expect(sent.rates).toEqual([
    { startMs: 0, endMs: 1000, bps: 8000 },
    { startMs: 1000, endMs: 2000, bps: 16_000 },
  ]);
});

test('SentRates are empty if the first sample was missed', () => {
  const sent = new SentRates();
  for (const delta of samples([0, 0], [1000, 1000], [2000, 3000]).slice(1)) sent.add(delta);
  expect(sent.rates).toEqual([]);
});
