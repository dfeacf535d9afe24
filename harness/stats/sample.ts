/**
 * One `getStats()` report as the agent pushes it and the run's folder keeps it (a line of `<role>.stats.jsonl`).
 *
 * Delta against the previous sample of the same connection: values are the browser's own, W3C names and
 * units; all of them, or those of selected.ts. The first sample of a connection is whole (`full`).
 */
export interface StatsDelta {
  /** When the report was taken, epoch ms in the **peer's** clock (`performance.timeOrigin + performance.now()`). */
  t: number;
  /** The connection, named after the remote role: `callee` in the caller's page. */
  connection: string;
  /** Counts up from 0 for each connection; a gap means samples were lost. */
  seq: number;
  full?: true;
  /** How late the timer fired, ms. Large when the page or the machine is starved. */
  lateMs: number;
  /** How long `getStats()` and the delta took in the page, ms of wall time. */
  costMs: number;
  /** What the page's JavaScript holds; Chromium only. */
  heapBytes?: number;
  /** How many objects the browser listed, where only what is used of them was sent. Absent: all of them were. */
  listed?: number;
  /** The timestamp most objects of the report share: every object has it unless `changed` gives it another. */
  timestamp?: number;
  /** By stats id: the fields that changed; on a new object all of them, with `type` and `timestamp`. */
  changed: Record<string, Record<string, unknown>>;
  /** Ids that are no longer in the report. */
  removed?: string[];
  /** Fields that are no longer in an object that stayed, by stats id. */
  unset?: Record<string, string[]>;
}

/** One stats object as the browser gave it (RTCStats and its descendants); never normalised. */
export type RawStat = { id: string; type: string; timestamp: number } & Record<string, unknown>;

/** A whole report, put together again from the deltas. */
export interface StatsSample {
  t: number;
  connection: string;
  seq: number;
  lateMs: number;
  costMs: number;
  heapBytes?: number;
  /** How many objects the browser listed, where `stats` has only some of them. */
  listed?: number;
  stats: RawStat[];
}

/** One point of one metric. */
export interface MetricSample {
  /** A name in the catalogue. */
  metric: string;
  value: number;
  /** Epoch ms in the harness's clock. */
  t: number;
  /** `pair role browser browser_version codec candidate_type step kind call` as far as they apply. */
  tags: Record<string, string>;
}
