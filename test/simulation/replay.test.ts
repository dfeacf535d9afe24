import { expect, test } from 'vitest';
import { intervals } from '../../harness/metrics/intervals.ts';
import { RECORDED_ROLES, recordedSamples } from '../../harness/simulation/recorded.ts';
import { Replay } from '../../harness/simulation/replay.ts';
import { applyDeltas } from '../../harness/stats/delta.ts';

const SECONDS = 150;

test.for(RECORDED_ROLES)('Replay goes on with what the %s sent, without a seam', (role) => {
  const recorded = recordedSamples(role);
  const replay = new Replay(recorded);
  const deltas = Array.from({ length: SECONDS }, (_, second) => replay.next(1e12 + second * 1000));
  expect(deltas.filter(({ full }) => full).map(({ seq }) => seq)).toEqual([0, 60, 120]);
  const samples = applyDeltas(deltas);
  expect(samples).toHaveLength(SECONDS);
  expect(samples.slice(0, recorded.length - 1).map(({ stats }) => stats)).toEqual(
    recorded.slice(0, -1).map(({ stats }) => stats),
  );
  const values = (metric: string) =>
    [...intervals({ samples })].filter((value) => value.metric === metric).map(({ value }) => value);
  const inRecording = [...intervals({ samples: recorded })]
    .filter((value) => value.metric === 'recv_bitrate_bps')
    .map(({ value }) => value);
  for (const bitrate of values('recv_bitrate_bps')) {
    expect(bitrate).toBeGreaterThanOrEqual(Math.min(...inRecording) * 0.999);
    expect(bitrate).toBeLessThanOrEqual(Math.max(...inRecording) * 1.001);
  }
  expect(values('recv_bitrate_bps')).toHaveLength(SECONDS - 1);
  expect(Math.min(...values('fps_received'))).toBeGreaterThan(5);
});
