import type { CallRecord } from '../call-record.ts';
import { MetricAggregate } from '../metrics/aggregate.ts';
import type { CollectedCall } from '../metrics/collected.ts';
import { knownMetrics } from '../metrics/custom-metrics.ts';
import { Penalties } from '../metrics/penalties.ts';
import type { MachineSample } from '../monitor/machine-sample.ts';
import type { Plan } from '../plan/plan.ts';
import type { CallResult, PeerResult, Reason, RunResult } from '../result.ts';
import { compareVariants } from './compare.ts';
import { countedCalls } from './counted-calls.ts';
import { exitCodeOf } from './exit-code.ts';
import { fleetResult } from './fleet.ts';
import { generatorReasons } from './generator.ts';
import { GeneratorWatch } from './generator-watch.ts';
import { judgeRecord, type Measurements, type StatsOf } from './judge-record.ts';
import {
  combine,
  crossedReasons,
  judgeCells,
  judgeThresholds,
  runHeadline,
  runReasons,
} from './judge-run.ts';
import { isTolerated, knownResult } from './known.ts';
import type { Crossed } from './live-gate.ts';
import { within, type Window } from './window.ts';
import { loadMetrics, loadResults, NO_LOADS, type LoadCourse } from './loads.ts';

export interface JudgeOptions {
  plan: Plan;
  /** The calls that ended; walked once, one at a time. */
  records: Iterable<CallRecord> | AsyncIterable<CallRecord>;
  statsOf: StatsOf;
  /** What was measured of a call while raw samples were left out. Default: none were. */
  collectedOf?: (call: string) => Promise<CollectedCall | undefined>;
  environment: RunResult['environment'];
  startedAtMs: number;
  finishedAtMs: number;
  /** The signal that stopped the run from outside. */
  aborted?: string;
  /** What the run told of its loads. Default: it had none. */
  course?: LoadCourse;
  /** What of the load's time counts. Default: all. */
  window?: Window;
  /** What the machine did while there was load; walked once. Default: nobody looked. */
  machine?: Iterable<MachineSample>;
  /** What the run told of its stats. Default: every sample was kept. */
  stats?: RunResult['stats'];
  /** The threshold that stopped the run. Default: none did. */
  crossed?: Crossed;
  /** The scenario's hooks that threw. Default: none. */
  hookFailures?: readonly HookFailure[];
}

/** What the scenario's own code threw outside any call. */
export interface HookFailure {
  hook: 'setup' | 'teardown';
  /** One sentence. */
  message: string;
}

/** A run's verdict, from what is on disk alone. Holds one call's samples at a time, and the values of the metrics. */
export async function judge(options: JudgeOptions): Promise<RunResult> {
  const {
    plan,
    records,
    statsOf,
    collectedOf,
    environment,
    startedAtMs,
    finishedAtMs,
    aborted,
    course = NO_LOADS,
    machine = [],
    window,
    stats,
    crossed,
    hookFailures = [],
  } = options;
  const wallMs = finishedAtMs - startedAtMs;
  const selectors = Object.keys(plan.thresholds);
  const known = knownMetrics(plan.metrics);
  const metrics = new MetricAggregate({ selectors, known, durationMs: wallMs });
  const watch = plan.load && new GeneratorWatch(plan);
  const all = watch ? both(metrics, watch) : metrics;
  const measured = window ? within(window, all) : all;
  const browsers = new Map<string, string>();
  const processes = new Set<number>();
  const judged: CallResult[] = [];
  const callFigures = new Map<string, Record<string, number>>();
  const penalties = new Penalties(plan.comparison);
  let isScriptFault = hookFailures.length > 0;
  for await (const record of records) {
    const collected = await collectedOf?.(record.id);
    const { call, figures, observer } = judgeRecord(plan, record, { statsOf, collected }, measured);
    watch?.addCall(record, observer);
    judged.push(call);
    if (plan.comparison) callFigures.set(record.id, figures.of(''));
    if (!isTolerated(plan, call)) penalties.add(record, figures);
    isScriptFault ||= record.fault?.script === true;
    for (const { browser, browserVersion, driver, pid } of Object.values(record.peers)) {
      if (browserVersion !== undefined) browsers.set(browser, browserVersion);
      if (driver && pid !== undefined) processes.add(pid);
    }
  }

  for (const sample of loadMetrics(plan, course, finishedAtMs)) metrics.add(sample);
  const calls = withPenalties(judged, penalties, metrics);
  const comparison = compareVariants({ plan, calls, callFigures });
  const generator = watch?.judge(machine, window);
  const saturation = plan.options.saturation === 'tolerate' ? [] : generatorReasons(generator);
  const excuse = saturation.length > 0 ? 'the load generator was saturated' : undefined;
  const thresholds = judgeThresholds(plan, metrics, calls, excuse);
  const reasons = [
    ...saturation,
    ...hookFailures.map(hookReason),
    ...crossedReasons(crossed, thresholds),
    ...runReasons(plan, calls, { thresholds, aborted, excuse }),
  ];
  const counted = countedCalls(plan, calls).map((call) => call.status);
  const found = combine([...counted, ...reasons.map((reason) => reason.status)]);
  // A machine that could not keep up proves nothing, whatever broke on it.
  const status = excuse !== undefined && !isScriptFault ? 'inconclusive' : found;
  return {
    schemaVersion: 1,
    callrig: plan.callrig,
    runId: plan.runId,
    scenario: scenarioOf(plan),
    ...(plan.params && { params: plan.params }),
    ...(plan.metrics && { ownMetrics: { ...plan.metrics } }),
    startedAt: new Date(startedAtMs).toISOString(),
    finishedAt: new Date(finishedAtMs).toISOString(),
    wallMs,
    status,
    exitCode: exitCodeOf({ status, aborted: aborted !== undefined, isScriptFault }),
    headline: runHeadline(plan, calls, { status, reasons, aborted }),
    ...(aborted !== undefined && { aborted }),
    reasons,
    seed: plan.options.seed,
    environment,
    browsers: browsersOf(plan, browsers),
    ...(plan.bots && { bots: plan.bots }),
    ...fleetResult(plan, processes.size),
    cells: judgeCells(plan, calls, { metrics, thresholds, isSaturated: excuse !== undefined }),
    calls,
    ...(plan.load && { load: loadResults(plan, calls, course) }),
    ...(generator && { generator }),
    ...(stats && { stats }),
    ...knownResult(plan, calls),
    ...(comparison && { comparison }),
    metrics: metrics.summary(),
    thresholds,
    checks: countChecks(calls),
  };
}

function both(one: Measurements, other: Measurements): Measurements {
  return {
    add: (sample) => [one, other].forEach((each) => each.add(sample)),
    merge: (group) => [one, other].forEach((each) => each.merge(group)),
  };
}

/** The scenario is wrong, not the product: what calls found out stays as it is. */
function hookReason({ hook, message }: HookFailure): Reason {
  return { kind: 'fault', status: 'errored', message, name: hook, phase: 'script' };
}

/** What a variant cost more than the baseline is known once all calls are: samples of the run, figures of the peers. */
function withPenalties(
  calls: readonly CallResult[],
  penalties: Penalties,
  metrics: MetricAggregate,
): CallResult[] {
  const byPeer = new Map<string, Record<string, number>>();
  for (const sample of penalties.derive()) {
    metrics.add(sample);
    const key = `${sample.tags['call']}\n${sample.tags['role']}`;
    byPeer.set(key, { ...byPeer.get(key), [sample.metric]: sample.value });
  }
  return calls.map((call) => {
    const peers = Object.entries(call.peers).map(([role, peer]): [string, PeerResult] => [
      role,
      { ...peer, metrics: { ...peer.metrics, ...byPeer.get(`${call.id}\n${role}`) } },
    ]);
    return { ...call, peers: Object.fromEntries(peers) };
  });
}

function scenarioOf({ scenario }: Plan): RunResult['scenario'] {
  const { name, summary, guardsAgainst, roles } = scenario;
  return { name, summary, guardsAgainst, roles: [...roles] };
}

/** As a browser said itself in a call, else as its executable said when the plan was made. */
function browsersOf(plan: Plan, said: ReadonlyMap<string, string>): RunResult['browsers'] {
  return plan.browsers.map(({ name, kind, driver, version: planned }) => {
    const version = said.get(name) ?? planned;
    return { name, kind, driver, headed: plan.options.headed, ...(version !== undefined && { version }) };
  });
}

function countChecks(calls: readonly CallResult[]): RunResult['checks'] {
  const all = calls.flatMap(({ checks }) => checks);
  const count = (status: string) => all.filter((check) => check.status === status).length;
  return { passed: count('passed'), failed: count('failed'), inconclusive: count('inconclusive') };
}
