import type { ContentReading } from '../peer/content-reading.ts';
import type { MetricName } from './catalogue.ts';

export interface ContentValue {
  metric: MetricName;
  value: number;
  /** Epoch ms, harness's clock; absent of what is of the whole call. */
  t?: number;
}

/** What one remote video's test pattern says. Nothing of a video that was never read. */
export function* contentMetrics({
  latencies,
  syncs,
  dropped,
  backwards,
  frames,
  unreadable,
  wrongStream,
  repeated,
  freezes,
}: ContentReading): Generator<ContentValue> {
  for (const { t, ms } of latencies) yield { metric: 'e2e_latency_ms', value: ms, t };
  for (const { t, ms } of syncs) yield { metric: 'av_sync_ms', value: ms, t };
  const presented = frames - unreadable - wrongStream - repeated - backwards;
  if (presented <= 0) return;
  yield { metric: 'frames_skipped_ratio', value: dropped / (presented + dropped) };
  yield { metric: 'content_freeze_count', value: freezes };
}
