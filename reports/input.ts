import type { CallRecord, ConsoleEntry } from '../harness/call-record.ts';
import type { LoadTimes } from '../harness/metrics/load-times.ts';
import type { RunResult } from '../harness/result.ts';
import type { CallEvent } from '../harness/store/layout.ts';

/** What the HTML report is made of. The other writers need `result` only. */
export interface ReportInput {
  result: RunResult;
  /** In any order; a call of `result.calls` without details is shown from its result alone. */
  calls: CallDetail[];
  /** How its loads went. Absent without a load. */
  times?: LoadTimes;
}

/** Everything known of one call that is not in the verdict. */
export interface CallDetail {
  record: CallRecord;
  series: Series[];
  events: CallEvent[];
  /** Lines of `signaling.jsonl`, as they were read: {@link SignalingEntry} as far as they keep to it. */
  signaling: unknown[];
  /** By role. */
  console: Record<string, ConsoleEntry[]>;
  /** The last lines a browser wrote to stdout and stderr, by browser name. */
  logs?: Record<string, string[]>;
}

/** One metric of one peer over time. Several streams of a metric are several series with their own labels. */
export interface Series {
  /** A name in the catalogue: `recv_bitrate_bps`. Series of the same metric share a chart. */
  metric: string;
  /** What tells it from the metric's other series: `caller`, `callee video`. */
  label: string;
  role: string;
  /** The catalogue's unit: `bps ms ratio fps count`. */
  unit: string;
  /** `[ms since the call's start, value]`, ascending. An interval without a value has no point. */
  points: [tMs: number, value: number][];
}

/** What the signaling server's trace says of one message; fields beside these are kept and shown. */
export interface SignalingEntry {
  /** Epoch ms. */
  t?: number;
  room?: string;
  from?: string;
  to?: string;
  kind?: string;
  seq?: number;
  outcome?: string;
}
