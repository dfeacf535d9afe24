import { expect, test } from 'vitest';
import { contentMetrics } from '../../harness/metrics/content.ts';
import type { ContentReading } from '../../harness/peer/content-reading.ts';

const READING: ContentReading = {
  from: 'caller',
  frames: 100,
  unreadable: 5,
  wrongStream: 3,
  repeated: 2,
  dropped: 10,
  backwards: 0,
  freezes: 2,
  longestFreezeMs: 300,
  latencies: [{ t: 5, ms: 30 }],
  latencyUncertaintyMs: 1,
  syncs: [{ t: 6, ms: -4 }],
  stepsSeen: 0,
  stepsHeard: 0,
};

test('contentMetrics() are latencies, synchrony, and shares of what was presented once', () => {
  expect([...contentMetrics(READING)]).toEqual([
    { metric: 'e2e_latency_ms', value: 30, t: 5 },
    { metric: 'av_sync_ms', value: -4, t: 6 },
    { metric: 'frames_skipped_ratio', value: 0.1 },
    { metric: 'content_freeze_count', value: 2 },
  ]);
});

test('contentMetrics() say nothing of a video of which nothing was read', () => {
  const unread = {
    ...READING,
    frames: 5,
    unreadable: 5,
    wrongStream: 0,
    repeated: 0,
    latencies: [],
    syncs: [],
  };
  expect([...contentMetrics(unread)]).toEqual([]);
});
