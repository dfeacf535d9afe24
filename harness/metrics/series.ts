import type { CallRecord, PeerRecord } from '../call-record.ts';
import type { StatsSample } from '../stats/sample.ts';
import { METRICS, type MetricName } from './catalogue.ts';
import { intervals, type IntervalValue } from './intervals.ts';

/** What is worth a chart, in the order of the charts. */
export const CHARTED = [
  'send_bitrate_bps',
  'recv_bitrate_bps',
  'rtt_ms',
  'packet_loss_ratio',
  'fps_sent',
  'fps_received',
  'jitter_buffer_ms',
] as const satisfies MetricName[];

/** One metric of one peer over time. Several streams of a metric are several series with their own labels. */
export interface Series {
  metric: MetricName;
  /** What tells it from the metric's other series: `caller`, `callee video`. */
  label: string;
  role: string;
  unit: string;
  /** `[ms since the call's start, value]`, ascending. An interval without a value has no point. */
  points: [tMs: number, value: number][];
}

/** The charts of one call; a metric that a peer says nothing of has no series. */
export function callSeries({
  record,
  samples,
}: {
  record: CallRecord;
  samples: Readonly<Record<string, Iterable<StatsSample>>>;
}): Series[] {
  const series = Object.values(record.peers).flatMap((peer) =>
    peerSeries(record, peer, samples[peer.role] ?? []),
  );
  return series.toSorted((a, b) => chartOrder(a.metric) - chartOrder(b.metric));
}

function peerSeries(record: CallRecord, peer: PeerRecord, samples: Iterable<StatsSample>): Series[] {
  const byKey = new Map<string, Series>();
  const originMs = record.startMs + (peer.clock?.offsetMs ?? 0);
  for (const value of intervals({ samples })) {
    if (chartOrder(value.metric) < 0) continue;
    const key = [value.metric, value.connection, value.stream?.id].join('\n');
    const series = byKey.get(key) ?? newSeries(peer.role, value, byKey);
    byKey.set(key, series);
    series.points.push([Math.round(value.endMs - originMs), value.value]);
  }
  return [...byKey.values()];
}

function newSeries(
  role: string,
  { metric, stream }: IntervalValue,
  others: ReadonlyMap<string, Series>,
): Series {
  const name = stream ? `${role} ${stream.kind}` : role;
  const same = [...others.values()].filter(
    (each) => each.metric === metric && each.label.startsWith(name),
  ).length;
  const label = same === 0 ? name : `${name} ${same + 1}`;
  return { metric, label, role, unit: METRICS[metric].unit, points: [] };
}

function chartOrder(metric: MetricName): number {
  return (CHARTED as readonly MetricName[]).indexOf(metric);
}
