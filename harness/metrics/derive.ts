import type { CallRecord, ConnectionRecord, PeerMarks, PeerRecord } from '../call-record.ts';
import { pairOf } from '../plan/plan.ts';
import type { NormalisedSample, SelectedPair } from '../stats/normalise.ts';
import type { MetricSample, StatsSample } from '../stats/sample.ts';
import type { MetricName } from './catalogue.ts';
import { intervals, type IntervalValue } from './intervals.ts';
import { contentMetrics } from './content.ts';
import { LeakWatch } from './leaks.ts';
import { hostMetrics, processMetrics, type ResourceValue } from './resources.ts';
import { HOLD_STEP, stepAround } from './steps.ts';
import { waterfall } from './waterfall.ts';

export interface DeriveOptions {
  record: CallRecord;
  /** By role; each is walked once. A role that is missing has no stats. */
  samples: Readonly<Record<string, Iterable<StatsSample>>>;
  /** By role: since when (epoch ms, peer's clock) values were collected as they came. Of samples from then on there are none. */
  collectedFrom?: ReadonlyMap<string, number>;
  /** Called with every sample of every role once it is normalised. */
  onSample?: (role: string, sample: NormalisedSample) => void;
}

/** Everything in the catalogue that one call says something about. What nothing is known of is absent. */
export function* deriveCall(options: DeriveOptions): Generator<MetricSample> {
  // What a page sent may be anything.
  for (const sample of deriveAll(options)) if (Number.isFinite(sample.value)) yield sample;
}

function* deriveAll({ record, samples, collectedFrom, onSample }: DeriveOptions): Generator<MetricSample> {
  yield* deriveChecks(record);
  yield* deriveMeasures(record);
  yield* deriveIteration(record);
  yield* deriveResources(record, hostMetrics(record.host), callTags(record));
  for (const peer of Object.values(record.peers)) {
    yield* derivePeer(record, peer, {
      samples: samples[peer.role] ?? [],
      untilMs: collectedFrom?.get(peer.role) ?? Infinity,
      onSample: (sample) => onSample?.(peer.role, sample),
    });
  }
}

interface PeerSamples {
  samples: Iterable<StatsSample>;
  /** Values of samples from then on are somebody else's to tell. */
  untilMs: number;
  onSample: (sample: NormalisedSample) => void;
}

function* derivePeer(
  record: CallRecord,
  peer: PeerRecord,
  { samples, untilMs, onSample }: PeerSamples,
): Generator<MetricSample> {
  /** By connection. */
  const pairs = new Map<string, SelectedPair>();
  const moments: IntervalValue[] = [];
  const noticed = (sample: NormalisedSample) => {
    if (sample.pair) pairs.set(sample.connection, sample.pair);
    if (sample.t < untilMs) moments.push(...momentsOf(sample));
    onSample(sample);
  };
  const clock = clockOf(record, peer);
  const toMetric = (value: IntervalValue) =>
    statsMetric(record, peer, value, pairs.get(value.connection), clock);
  const leaks = new LeakWatch(record, peer);
  const watched = tap(samples, (sample) => leaks.add(sample));
  for (const value of intervals({ samples: watched, stepAt: clock.stepAt, onSample: noticed })) {
    yield* moments.splice(0).map(toMetric);
    if (value.endMs < untilMs) yield toMetric(value);
  }
  yield* moments.splice(0).map(toMetric);

  for (const [index, { remote, marks, evidence }] of connectionsOf(peer).entries()) {
    const pair = remote === undefined ? [...pairs.values()].at(-1) : pairs.get(remote);
    const ofConnection = { ...remoteTag(peer, remote), ...candidateTag(evidence, pair) };
    const tags = { ...peerTags(record, peer), ...ofConnection };
    for (const { metric, value, t } of waterfall(marks)) {
      // The devices are the page's: opened once for all connections.
      if (metric === 'gum_ms' && index > 0) continue;
      yield {
        metric,
        value,
        t: clock.toHarness(t),
        tags: metric === 'gum_ms' ? without(tags, 'remote') : tags,
      };
    }
    yield* deriveSuccess(record, marks, tags);
  }
  yield* deriveContent(record, peer);
  for (const { metric, value, connection } of leaks.values()) {
    const tags = { ...peerTags(record, peer), ...remoteTag(peer, connection), step: HOLD_STEP };
    yield { metric, value, t: record.endMs, tags };
  }
  yield* deriveResources(record, processMetrics(peer.process), peerTags(record, peer));
}

function without(tags: Record<string, string>, left: string): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).filter(([name]) => name !== left));
}

function* tap(samples: Iterable<StatsSample>, look: (sample: StatsSample) => void): Generator<StatsSample> {
  for (const sample of samples) {
    look(sample);
    yield sample;
  }
}

/** Each connection of the peer; without `remote` if it had but one. */
function connectionsOf({
  marks,
  evidence,
  connections,
}: PeerRecord): (ConnectionRecord & { remote?: string })[] {
  if (!connections) return [{ marks, evidence }];
  return Object.entries(connections).map(([remote, connection]) => ({ remote, ...connection }));
}

/** Where there is one connection, nobody asks which. */
export function remoteTag({ connections }: PeerRecord, remote: string | undefined): { remote?: string } {
  return connections && remote !== undefined ? { remote } : {};
}

/** What a sample cost and how late it was: of the moment it was taken. */
export function momentsOf({
  t,
  connection,
  lateMs,
  costMs,
}: Pick<StatsSample, 't' | 'connection' | 'lateMs' | 'costMs'>): IntervalValue[] {
  const moment = { connection, startMs: t, endMs: t };
  return [
    { ...moment, metric: 'agent_stats_ms', value: costMs },
    { ...moment, metric: 'timer_lateness_ms', value: lateMs },
  ];
}

/** What was read of each remote video, in the harness's clock already. */
function* deriveContent(record: CallRecord, peer: PeerRecord): Generator<MetricSample> {
  for (const reading of peer.content ?? []) {
    const tags = { ...peerTags(record, peer), ...remoteTag(peer, reading.from) };
    for (const { metric, value, t = record.endMs } of contentMetrics(reading)) {
      const step = stepAround(record, t, t);
      yield { metric, value, t, tags: step ? { ...tags, step } : tags };
    }
  }
}

interface Clock {
  toHarness: (t: number) => number;
  stepAt: (t: number) => string | undefined;
  stepAround: (startMs: number, endMs: number) => string | undefined;
}

/** Peer's clock → harness's clock. Steps are in the harness's: without a known offset nothing is said of them. */
function clockOf(record: CallRecord, { clock }: PeerRecord): Clock {
  const toHarness = (t: number) => t - (clock?.offsetMs ?? 0);
  const around = (startMs: number, endMs: number) =>
    clock && stepAround(record, toHarness(startMs), toHarness(endMs));
  return { toHarness, stepAround: around, stepAt: (t) => around(t, t) };
}

function statsMetric(
  record: CallRecord,
  peer: PeerRecord,
  { metric, value, connection, stream, startMs, endMs }: IntervalValue,
  pair: SelectedPair | undefined,
  clock: Clock,
): MetricSample {
  const step = clock.stepAround(startMs, endMs);
  const tags = {
    ...peerTags(record, peer),
    ...remoteTag(peer, connection),
    ...(stream && { kind: stream.kind }),
    ...(stream?.codec && { codec: stream.codec }),
    ...(pair?.candidateType && { candidate_type: pair.candidateType }),
    ...(step && { step }),
  };
  return { metric, value, t: clock.toHarness(endMs), tags };
}

/**
 * Whether the connection came about. No sample when that is not the product's doing: the environment or the script
 * broke the call, a probe said unsupported, or the run was stopped before.
 */
function* deriveSuccess(
  record: CallRecord,
  marks: PeerMarks,
  tags: Record<string, string>,
): Generator<MetricSample> {
  const { fault, aborted, interrupted, endMs } = record;
  const isConnected = marks.connected !== undefined;
  const isCutOff = aborted !== undefined || interrupted !== undefined;
  if ((fault && fault.status !== 'failed') || (isCutOff && !isConnected)) return;
  yield { metric: 'connection_success' satisfies MetricName, value: isConnected ? 1 : 0, t: endMs, tags };
}

/** No sample of what had no evidence, nor of what failed in a call whose network broke by itself. */
function* deriveChecks(record: CallRecord): Generator<MetricSample> {
  const { fault } = record;
  const isNetworkBroken = fault?.status === 'errored' && fault.phase === 'network';
  for (const { passed, role, step } of record.checks) {
    if (passed === undefined || (passed === false && isNetworkBroken)) continue;
    const peer = role === undefined ? undefined : record.peers[role];
    const tags = { ...(peer ? peerTags(record, peer) : callTags(record)), ...(step && { step }) };
    yield { metric: 'checks' satisfies MetricName, value: passed ? 1 : 0, t: record.endMs, tags };
  }
}

/** Of a load's call that was not cut off. */
function* deriveIteration(record: CallRecord): Generator<MetricSample> {
  const { load, startMs, endMs, aborted, interrupted } = record;
  if (!load || aborted !== undefined || interrupted !== undefined) return;
  const common = { t: endMs, tags: callTags(record) };
  yield { metric: 'iterations' satisfies MetricName, value: 1, ...common };
  yield { metric: 'iteration_duration_ms' satisfies MetricName, value: endMs - startMs, ...common };
}

/** What the script measured itself. */
function* deriveMeasures(record: CallRecord): Generator<MetricSample> {
  for (const { metric, value, t, role, step } of record.measures ?? []) {
    const peer = role === undefined ? undefined : record.peers[role];
    const tags = { ...(peer ? peerTags(record, peer) : callTags(record)), ...(step && { step }) };
    yield { metric, value, t, tags };
  }
}

function* deriveResources(
  record: CallRecord,
  values: Iterable<ResourceValue>,
  tags: Record<string, string>,
): Generator<MetricSample> {
  for (const { metric, value, startMs, endMs } of values) {
    const step = stepAround(record, startMs, endMs);
    yield { metric, value, t: endMs, tags: step ? { ...tags, step } : tags };
  }
}

/** What tags of a call come from. */
interface Tagged {
  id: string;
  cell: string;
  variant?: { axis: string; name: string } | undefined;
  load?: CallRecord['load'] | undefined;
}

export function callTags({ id, cell, variant, load }: Tagged): Record<string, string> {
  const ofLoad = load && { ...load.tags, load: load.name };
  return { ...ofLoad, pair: pairOf(cell), cell, ...(variant && { [variant.axis]: variant.name }), call: id };
}

export function peerTags(
  record: CallRecord,
  { role, browser, browserVersion }: PeerRecord,
): Record<string, string> {
  return { ...callTags(record), role, browser, ...(browserVersion && { browser_version: browserVersion }) };
}

/** The pair media flowed over at the end, from the stats or, without any, as the peer said when it was asked. */
function candidateTag(
  evidence: ConnectionRecord['evidence'],
  pair: SelectedPair | undefined,
): { candidate_type?: string } {
  const said = evidence.selectedPair;
  const isRelayed = said && (said.localType === 'relay' || said.remoteType === 'relay');
  const type = pair?.candidateType ?? (isRelayed ? 'relay' : said?.localType);
  return type ? { candidate_type: type } : {};
}
