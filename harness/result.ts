import { z } from 'zod';

/** From best to worst for a reader; what the run's status is when calls differ is decided in harness/verdict. */
export const Status = z.enum(['passed', 'failed', 'inconclusive', 'unsupported', 'errored']);
export type Status = z.infer<typeof Status>;

/** Why a status is what it is. */
export const Reason = z.strictObject({
  /** `check`, `threshold`, `fault`, `saturation`, `no-evidence`, `aborted`, `nothing-ran`. */
  kind: z.enum(['check', 'threshold', 'fault', 'saturation', 'no-evidence', 'aborted', 'nothing-ran']),
  status: Status,
  /** One sentence. */
  message: z.string(),
  /** Name of the check, metric or phase. */
  name: z.string().optional(),
  role: z.string().optional(),
  phase: z.string().optional(),
  expected: z.string().optional(),
  actual: z.string().optional(),
  unit: z.string().optional(),
  samples: z.number().int().nonnegative().optional(),
  hint: z.string().optional(),
});
export type Reason = z.infer<typeof Reason>;

/** Summary of one metric. Which fields are there depends on `type`, as in k6. Nothing measured: `samples` 0 and no values. */
export const MetricSummary = z.strictObject({
  type: z.enum(['counter', 'gauge', 'rate', 'trend']),
  unit: z.string(),
  samples: z.number().int().nonnegative(),
  /** trend */
  avg: z.number().optional(),
  min: z.number().optional(),
  med: z.number().optional(),
  max: z.number().optional(),
  p90: z.number().optional(),
  p95: z.number().optional(),
  p99: z.number().optional(),
  /** rate: 0 to 1; counter: per second */
  rate: z.number().optional(),
  passes: z.number().int().optional(),
  fails: z.number().int().optional(),
  /** counter */
  count: z.number().optional(),
  /** gauge: the last value */
  value: z.number().optional(),
});
export type MetricSummary = z.infer<typeof MetricSummary>;

export const ThresholdResult = z.strictObject({
  /** Metric or sub-metric. */
  metric: z.string(),
  expression: z.string(),
  status: z.enum(['passed', 'failed', 'inconclusive']),
  /** Absent when there were no samples. */
  actual: z.number().optional(),
  unit: z.string(),
  samples: z.number().int().nonnegative(),
});
export type ThresholdResult = z.infer<typeof ThresholdResult>;

export const CheckResult = z.strictObject({
  name: z.string(),
  role: z.string().optional(),
  step: z.string().optional(),
  phase: z.string(),
  status: z.enum(['passed', 'failed', 'inconclusive']),
  expected: z.string(),
  actual: z.string(),
});
export type CheckResult = z.infer<typeof CheckResult>;

export const PeerResult = z.strictObject({
  browser: z.string(),
  kind: z.enum(['chromium', 'firefox']).optional(),
  version: z.string().optional(),
  driver: z.string().optional(),
  /** Own metrics of this peer in this call: waterfall times and means over the hold, by metric name. */
  metrics: z.record(z.string(), z.number()),
  /** `host/udp → host/udp`. */
  selectedPair: z.string().optional(),
  srtpCipher: z.string().optional(),
  dtlsCipher: z.string().optional(),
  audioCodec: z.string().optional(),
  videoCodec: z.string().optional(),
  /** `fake-device 640x360@20`: belongs beside every density or bitrate figure. */
  source: z.string().optional(),
  /** One line: last states, candidates, SDP, console; there when the call did not pass. */
  evidence: z.string().optional(),
});
export type PeerResult = z.infer<typeof PeerResult>;

export const CallResult = z.strictObject({
  id: z.string(),
  cell: z.string(),
  vu: z.number().int(),
  iteration: z.number().int(),
  status: Status,
  /** One sentence; names the broken phase unless the call passed. */
  headline: z.string(),
  /** The phase that broke. */
  phase: z.string().optional(),
  reasons: z.array(Reason),
  startedAt: z.iso.datetime(),
  durationMs: z.number(),
  checks: z.array(CheckResult),
  peers: z.record(z.string(), PeerResult),
});
export type CallResult = z.infer<typeof CallResult>;

export const CellResult = z.strictObject({
  id: z.string(),
  assignment: z.record(z.string(), z.string()),
  status: Status,
  calls: z.array(z.string()),
  metrics: z.record(z.string(), MetricSummary),
});
export type CellResult = z.infer<typeof CellResult>;

/** A run's verdict and everything the reports need that is not a time series. `result.json`. */
export const RunResult = z.strictObject({
  schemaVersion: z.literal(1),
  callrig: z.string(),
  runId: z.string(),
  scenario: z.strictObject({
    name: z.string(),
    summary: z.string(),
    guardsAgainst: z.string(),
    roles: z.array(z.string()),
  }),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  wallMs: z.number(),
  status: Status,
  exitCode: z.number().int(),
  /** One sentence. */
  headline: z.string(),
  /** The signal that stopped the run from outside. */
  aborted: z.string().optional(),
  reasons: z.array(Reason),
  seed: z.number().int(),
  environment: z.strictObject({
    os: z.string(),
    arch: z.string(),
    node: z.string(),
    cpus: z.number().int(),
    cpuModel: z.string(),
    memoryBytes: z.number(),
    ci: z.boolean(),
    network: z.enum(['loopback', 'shaped', 'lab']),
  }),
  browsers: z.array(
    z.strictObject({
      name: z.string(),
      kind: z.string(),
      version: z.string().optional(),
      driver: z.string(),
      headed: z.boolean(),
    }),
  ),
  cells: z.array(CellResult),
  calls: z.array(CallResult),
  /** Metrics and the sub-metrics that thresholds name. */
  metrics: z.record(z.string(), MetricSummary),
  thresholds: z.array(ThresholdResult),
  checks: z.strictObject({
    passed: z.number().int(),
    failed: z.number().int(),
    inconclusive: z.number().int(),
  }),
});
export type RunResult = z.infer<typeof RunResult>;

/** JSON Schema (draft 2020-12) of `result.json`; published as result.schema.json beside this file. */
export function resultJsonSchema(): Record<string, unknown> {
  return {
    $id: 'urn:callrig:result:1',
    title: 'Callrig run result',
    ...z.toJSONSchema(RunResult),
  };
}
