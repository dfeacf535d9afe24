import { PROFILE_NAMES } from './media/profiles.ts';
import { HEADLESS, ISOLATIONS } from './plan/fleet.ts';
import { z } from 'zod';

/** From best to worst for a reader; what the run's status is when calls differ is decided in harness/verdict. */
export const Status = z.enum(['passed', 'failed', 'inconclusive', 'unsupported', 'errored']);
export type Status = z.infer<typeof Status>;

/** Why a status is what it is. */
export const Reason = z.strictObject({
  /** `impairment`: the network was not what was asked for. */
  kind: z.enum([
    'check',
    'threshold',
    'fault',
    'saturation',
    'impairment',
    'no-evidence',
    'aborted',
    'interrupted',
    'nothing-ran',
  ]),
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
  /** Largest relative error of the percentiles, where there were too many values to keep: 0.005. Absent: exact. */
  accuracy: z.number().optional(),
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

/** A metric of the scenario's own. */
export const OwnMetric = z.strictObject({
  type: z.enum(['counter', 'gauge', 'rate', 'trend']),
  unit: z.string(),
  description: z.string(),
  better: z.enum(['lower', 'higher']).optional(),
});
export type OwnMetric = z.infer<typeof OwnMetric>;

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

/** Which of the scenario's variants. */
export const Variant = z.strictObject({ axis: z.string(), name: z.string() });
export type Variant = z.infer<typeof Variant>;

/** One direction of one link, as configured and as measured. Ratios 0 to 1. */
export const LinkResult = z.strictObject({
  /** `site:NAME`, `peer:ROLE` or `path:ROLE`. */
  link: z.string(),
  direction: z.enum(['uplink', 'downlink']),
  /** `delay 25 ms, loss 5 %`; `unimpaired`. */
  configured: z.string(),
  /** `25.1 ms, 4.8 % lost of 500 packets`. */
  measured: z.string(),
  /** Why it counts as not in effect. */
  problem: z.string().optional(),
});
export type LinkResult = z.infer<typeof LinkResult>;

/** The network a call had. */
export const NetworkResult = z.strictObject({
  level: z.enum(['loopback', 'shaped', 'lab']),
  /** What impaired the links: `netem`, `wirefilter`, `devtools`. */
  backend: z.string().optional(),
  /** By role, in words: `behind a port-restricted NAT, UDP blocked`. */
  places: z.record(z.string(), z.string()),
  /** What peers were given: `stun, turn-udp (relay only)`. */
  ice: z.string(),
  links: z.array(LinkResult),
  /** What the script changed, ms since the call's start. */
  changes: z.array(
    z.strictObject({ atMs: z.number(), role: z.string(), what: z.string(), problem: z.string().optional() }),
  ),
  /** What the run's TURN server allocated: `caller by tls`. */
  allocations: z.array(z.strictObject({ role: z.string(), transport: z.enum(['udp', 'tcp', 'tls']) })),
  refusals: z.array(z.string()),
  /** Paths in the run's folder. */
  captures: z.array(z.string()),
});
export type NetworkResult = z.infer<typeof NetworkResult>;

export const CallResult = z.strictObject({
  id: z.string(),
  cell: z.string(),
  variant: Variant.optional(),
  vu: z.number().int(),
  iteration: z.number().int(),
  /** The load that began it. */
  load: z.string().optional(),
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
  network: NetworkResult.optional(),
  /** Ids of the known failures that explain all that failed. Absent unless they do. */
  known: z.array(z.string()).optional(),
});
export type CallResult = z.infer<typeof CallResult>;

export const CellResult = z.strictObject({
  id: z.string(),
  /** The cell without its variant. */
  pair: z.string(),
  variant: Variant.optional(),
  assignment: z.record(z.string(), z.string()),
  status: Status,
  calls: z.array(z.string()),
  metrics: z.record(z.string(), MetricSummary),
});
export type CellResult = z.infer<typeof CellResult>;

/** How a metric's values are spread. */
export const Distribution = z.strictObject({
  unit: z.string(),
  samples: z.number().int().positive(),
  p50: z.number(),
  p95: z.number(),
  min: z.number(),
  max: z.number(),
  /** 95 % confidence interval of the median, by bootstrap over calls; absent with fewer than 5 calls. */
  ci: z.tuple([z.number(), z.number()]).optional(),
  /** The values, ascending; at most 200, evenly picked when there are more. */
  values: z.array(z.number()),
});
export type Distribution = z.infer<typeof Distribution>;

/** One variant, of one pair of browsers or of all of them. */
export const ComparisonRow = z.strictObject({
  variant: z.string(),
  /** Absent: all pairs together. */
  pair: z.string().optional(),
  status: Status,
  calls: z.number().int(),
  /** Calls in which every peer connected, of those that could have. */
  connected: z.number().int(),
  attempted: z.number().int(),
  /** By metric, of the peers' own figures; a metric nobody measured is absent. */
  metrics: z.record(z.string(), Distribution),
  /** How often each pair of candidates was selected, as the first role saw it: `relay/udp → srflx/udp`. */
  selectedPairs: z.record(z.string(), z.number().int()),
  /** Why it could not be tried. */
  unsupported: z.string().optional(),
});
export type ComparisonRow = z.infer<typeof ComparisonRow>;

/** The variants side by side: all pairs together first, then pair by pair. */
export const Comparison = z.strictObject({
  axis: z.string(),
  baseline: z.string().optional(),
  cases: z.array(z.strictObject({ name: z.string(), summary: z.string() })),
  rows: z.array(ComparisonRow),
});
export type Comparison = z.infer<typeof Comparison>;

/** A bug of a browser that is known, and whether the run showed it. */
export const KnownFailureResult = z.strictObject({
  id: z.string(),
  reason: z.string(),
  link: z.string().optional(),
  since: z.string(),
  /** `passes-now`: every call that it was expected in passed; it is to be removed, or its version range to be ended. */
  status: z.enum(['seen', 'passes-now']),
  calls: z.array(z.string()),
});
export type KnownFailureResult = z.infer<typeof KnownFailureResult>;

/** What became of one load. */
export const LoadResult = z.strictObject({
  name: z.string(),
  executor: z.string(),
  /** `8 VUs for 2m`. */
  summary: z.string(),
  /** Calls that came to their end. */
  completed: z.number().int(),
  /** Of these: calls that failed. Absent in old runs. */
  failed: z.number().int().optional(),
  /** How long these took, ms. Absent if there are none, and in old runs. */
  iterationMs: z.strictObject({ med: z.number(), p95: z.number() }).optional(),
  /** Calls that the load cut off. */
  interrupted: z.number().int(),
  /** Calls that were due and could not begin. */
  dropped: z.number().int(),
  mostVus: z.number().int(),
});
export type LoadResult = z.infer<typeof LoadResult>;

/** What is known of the machine that made a load. Shares are 0 to 1. */
export const GeneratorResult = z.strictObject({
  /** `saturated` makes the run inconclusive. `unknown`: its CPU cannot be read, and nothing else gave it away. */
  verdict: z.enum(['held', 'saturated', 'unknown']),
  /** What gave it away, each half a sentence with its figures. */
  reasons: z.array(z.string()),
  /** What to do about it. Absent unless saturated. */
  advice: z.string().optional(),
  /** What nobody could measure, in words. */
  unknown: z.array(z.string()),
  /** The load's time, epoch ms. */
  fromMs: z.number(),
  untilMs: z.number(),
  /** Share of it in which all cores were over 90 % busy. */
  cpuOver90Ratio: z.number().optional(),
  /** Mean busy share of all cores, with what the hypervisor took. */
  cpuMeanRatio: z.number().optional(),
  /** Mean share that was used of the CPU quota of the run's control group (a container's); absent without one. */
  quotaMeanRatio: z.number().optional(),
  /** Of all cores' time: what the hypervisor took, and what waited for a disk. */
  stealRatio: z.number().optional(),
  iowaitRatio: z.number().optional(),
  /** Of what was busy: the share of processes that are not the run's. */
  othersRatio: z.number().optional(),
  /** Cores that the harness's own process used. */
  harnessCores: z.number().optional(),
  /** Mean number of processes that ran or wanted to. */
  runQueue: z.number().optional(),
  /** Share of the time in which some process waited for a core (PSI). */
  cpuPressureRatio: z.number().optional(),
  leastMemoryBytes: z.number().optional(),
  mostSockets: z.number().optional(),
  /** The 95th percentile of how late timers were: in pages, and bots' event loops. */
  timerLatenessP95Ms: z.number().optional(),
  botLatenessP95Ms: z.number().optional(),
  /** What cameras gave, and what was sent where the network let it, of the nominal frame rate. */
  sourceFpsRatio: z.number().optional(),
  sentFpsRatio: z.number().optional(),
  /** Share of the time encoders said `qualityLimitationReason: cpu`. */
  cpuLimitedRatio: z.number().optional(),
});
export type GeneratorResult = z.infer<typeof GeneratorResult>;

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
  /** The scenario's parameters. Absent if it has none. */
  params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  /** What the scenario measures beside the catalogue, by name. Absent if nothing. */
  ownMetrics: z.record(z.string(), OwnMetric).optional(),
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
    /** Why the network is not a better one: what the machine lacks. */
    networkWhy: z.string().optional(),
    /** What carried signaling unless a variant said otherwise; absent: WebSocket. */
    signaling: z.string().optional(),
    /** The Selenium Grid that ran the browsers; absent: this machine did. */
    grid: z.string().optional(),
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
  /** Engines of bots, by the package and what is installed of it. Absent: none. */
  bots: z
    .array(z.strictObject({ name: z.string(), package: z.string(), version: z.string().optional() }))
    .optional(),
  /** How peers sat in browsers and what they sent. Absent of runs without browsers, and of old ones. */
  fleet: z
    .strictObject({
      isolation: z.enum(ISOLATIONS),
      /** So many peers in one browser's process; absent: no limit. */
      peersPerBrowser: z.number().int().optional(),
      /** The most there may have been while calls ended out of step; absent: as many as above. */
      mostPeersPerBrowser: z.number().int().optional(),
      /** Browser processes that held a peer, over the whole run. Absent where they are not known. */
      processes: z.number().int().optional(),
      headless: z.enum(HEADLESS).optional(),
      /** Chromium's tabs lay behind each other: frames were decoded, but not presented. */
      unseen: z.literal(true).optional(),
      /** The media profile. */
      media: z.enum(PROFILE_NAMES),
      /** What the picture and the sound come from, unless the scenario says otherwise. */
      source: z.string(),
      /** Whether each peer is a user of their own: none of its threads is another's. */
      independent: z.boolean(),
      /** Whether what travelled is what was captured and coded at its size. */
      realContent: z.boolean(),
    })
    .optional(),
  cells: z.array(CellResult),
  calls: z.array(CallResult),
  /** Absent where calls were made one after another. */
  load: z.array(LoadResult).optional(),
  /**
   * Whether the machine that made the load kept up, over the load's time: from the first moment a peer was connected to the
   * end of the last call. Figures that nobody measured are absent. Absent where there was no load, and in old runs.
   */
  generator: GeneratorResult.optional(),
  /** What became of the samples of a load. Absent where every one is kept. */
  stats: z
    .strictObject({
      samples: z.number().int(),
      /** Raw samples that are not on disk, as it did not keep up, and of how many calls. Metrics counted them all. */
      thinned: z.number().int(),
      thinnedCalls: z.number().int(),
      /** The longest that a raw sample waited for the disk. */
      longestDelayMs: z.number(),
    })
    .optional(),
  /** Absent when none was to be expected. `tolerate`: calls that failed so do not fail the run. */
  known: z
    .strictObject({ mode: z.enum(['tolerate', 'fail']), failures: z.array(KnownFailureResult) })
    .optional(),
  /** Absent when the scenario compares nothing. */
  comparison: Comparison.optional(),
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
