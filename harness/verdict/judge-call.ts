import type { CallRecord, CheckRecord, PeerRecord, Phase } from '../call-record.ts';
import type { PeerFigures } from '../metrics/peer-figures.ts';
import { HOLD_STEP } from '../metrics/steps.ts';
import type { CallResult, CheckResult, PeerResult, Reason, Status } from '../result.ts';
import { renderEvidence } from './evidence.ts';
import {
  inRoleOrder,
  renderCheck,
  renderFault,
  renderPair,
  renderReasons,
  renderSuccess,
} from './headline.ts';
import { frozenWith, isHoldMeasurable, type CallObserver, type PeerObservation } from './observe.ts';
import { implausibleStats, measuredProblems } from './impairment.ts';
import { allocatedOver, networkResult } from './network.ts';
import type { CallWitness } from './plausible.ts';
import { findSaturation } from './saturation.ts';

export interface JudgeCallOptions {
  record: CallRecord;
  roles: readonly string[];
  figures: PeerFigures;
  observer: CallObserver;
  witness: CallWitness;
  /** The load generator may have been saturated: that is no excuse then (`--saturation tolerate`). */
  toleratesSaturation?: boolean;
}

/**
 * One call's verdict.
 *
 * | what is known | status |
 * |---|---|
 * | the run was stopped meanwhile or the load cut the call off, no check failed | inconclusive |
 * | fault `errored` or `unsupported` | as it says |
 * | fault `failed`, or a check failed | failed |
 * | the same, but the fault is a time-out and the load generator was saturated | inconclusive |
 * | a check without evidence; a connected peer without stats, or with stats that stand still or cover less than half the hold; nobody connected and nothing checked; saturation | inconclusive |
 * | a link or a change was measured to be not as asked, or the stats contradict the configured network | inconclusive |
 * | the former, and a time-out, or a check of what ICE found failed | inconclusive |
 * | none of these | passed |
 *
 * Checks state facts (a cipher, a black frame), not speeds: saturation never excuses a failed one.
 */
export function judgeCall({
  record,
  roles,
  figures,
  observer,
  witness,
  toleratesSaturation = false,
}: JudgeCallOptions): CallResult {
  const saturation = toleratesSaturation ? undefined : findSaturation(record, figures, observer);
  const isSaturated = saturation !== undefined;
  const problems = measuredProblems(record);
  const isNetworkWrong = problems.length > 0;
  const reasons = [
    ...faultReasons(record, isSaturated || isNetworkWrong),
    ...record.checks.flatMap((check) => checkReason(check, isNetworkWrong)),
    ...problems,
    ...implausibleStats(record, observer, witness, isSaturated),
    ...(saturation === undefined ? [] : [reason('saturation', 'inconclusive', saturation)]),
    ...abortReasons(record),
    ...evidenceReasons(record, observer),
  ];
  const status = statusOf(reasons);
  const decisive = reasons.filter((each) => each.status === status);
  const phase = decisive.find((each) => each.phase !== undefined)?.phase;
  const network = networkResult(record);
  const peers = inRoleOrder(record.peers, roles).map((peer) =>
    peerResult(record, peer, figures, observer.of(peer.role), status !== 'passed'),
  );
  const outcome =
    status === 'passed' ? renderSuccess(peers.map(([, { metrics }]) => metrics)) : renderReasons(decisive);
  return {
    id: record.id,
    cell: record.cell,
    ...(record.variant && { variant: record.variant }),
    vu: record.vu,
    iteration: record.iteration,
    ...(record.load && { load: record.load.name }),
    status,
    headline: `${renderPair(record.assignment, roles)}: ${outcome}`,
    ...(phase !== undefined && { phase }),
    reasons,
    startedAt: new Date(record.startMs).toISOString(),
    durationMs: record.endMs - record.startMs,
    checks: record.checks.map(checkResult),
    peers: Object.fromEntries(peers),
    ...(network && { network }),
  };
}

/** What a record alone tells of what broke: without what its stats and the load generator would add or excuse. */
export function recordedVerdict(record: CallRecord): Pick<CallResult, 'status' | 'reasons'> {
  const reasons = [
    ...faultReasons(record, false),
    ...record.checks.flatMap((check) => checkReason(check, false)),
    ...abortReasons(record),
  ];
  return { status: statusOf(reasons), reasons };
}

/** What the environment or a probe decided comes before what the product did; a failure before a lack of evidence. */
function statusOf(reasons: readonly Reason[]): Status {
  const order = ['errored', 'unsupported', 'failed', 'inconclusive'] as const;
  return order.find((status) => reasons.some((each) => each.status === status)) ?? 'passed';
}

function faultReasons(record: CallRecord, isExcusable: boolean): Reason[] {
  const { fault } = record;
  // What breaks in a call that is being stopped broke because it was stopped.
  if (!fault || isCutOff(record)) return [];
  const { phase, role, hint } = fault;
  const declared = fault.script ? 'errored' : fault.status;
  const isExcused = declared === 'failed' && isExcusable && fault.code.includes('TIMEOUT');
  const status = isExcused ? 'inconclusive' : declared;
  return [
    {
      ...reason('fault', status, renderFault(fault, record)),
      name: fault.code,
      phase,
      ...(role !== undefined && { role }),
      ...(hint !== undefined && { hint }),
    },
  ];
}

/** What ICE finds is the network's doing: on one that is not as asked, it proves nothing. */
const NETWORK_PHASES: readonly Phase[] = ['gathering', 'ice'];

function checkReason(check: CheckRecord, isNetworkWrong: boolean): Reason[] {
  const { name, passed, role, phase, expected, actual } = check;
  if (passed === true) return [];
  const isExcused = isNetworkWrong && NETWORK_PHASES.includes(phase);
  const status = passed === false && !isExcused ? 'failed' : 'inconclusive';
  const facts = { name, phase, expected, actual, ...(role !== undefined && { role }) };
  return [{ ...reason('check', status, renderCheck(check)), ...facts }];
}

function isCutOff({ aborted, interrupted }: CallRecord): boolean {
  return aborted !== undefined || interrupted !== undefined;
}

function abortReasons({ aborted, interrupted }: CallRecord): Reason[] {
  if (aborted !== undefined)
    return [reason('aborted', 'inconclusive', `stopped by ${aborted} before it ended`)];
  if (interrupted === undefined) return [];
  return [reason('interrupted', 'inconclusive', `cut off by its load: ${interrupted}`)];
}

/** Only of calls that seem to have gone well: a call that broke has its reason, and often no stats either. */
function evidenceReasons(record: CallRecord, observer: CallObserver): Reason[] {
  if (record.fault || isCutOff(record)) return [];
  const peers = Object.values(record.peers);
  if (!isAnythingChecked(record) && !peers.some(({ marks }) => marks.connected !== undefined)) {
    return [reason('no-evidence', 'inconclusive', 'no peer connected and nothing was checked')];
  }
  return peers.flatMap((peer) => {
    const message = missingEvidence(record, peer, observer.of(peer.role));
    return message === undefined
      ? []
      : [{ ...reason('no-evidence', 'inconclusive', message), role: peer.role }];
  });
}

function isAnythingChecked({ checks }: CallRecord): boolean {
  return checks.some(({ passed }) => passed !== undefined);
}

/** Whether the script took the network away before or in the hold: then its checks say what was to be seen. */
function isDisturbed({ network, steps, endMs }: CallRecord): boolean {
  const holdEndMs = steps.find(({ name }) => name === HOLD_STEP)?.endMs ?? endMs;
  return network?.changes.some(({ askedMs }) => askedMs <= holdEndMs) ?? false;
}

function missingEvidence(
  record: CallRecord,
  peer: PeerRecord,
  observed: PeerObservation,
): string | undefined {
  const { role, marks } = peer;
  if (marks.connected === undefined) return undefined;
  if (observed.samples === 0) return `${role} was connected, but no stats came from it`;
  if (!isHoldMeasurable(record, peer)) return undefined;
  const { hold } = observed;
  const coveredMs = hold ? hold.last.t - hold.first.t : 0;
  if (!hold || coveredMs < hold.durationMs / 2) {
    const of = hold ? ` of ${Math.round(hold.durationMs)} ms` : '';
    return `${role}'s stats cover ${Math.round(coveredMs)}${of || ' ms'} of the hold`;
  }
  if (isDisturbed(record) && isAnythingChecked(record)) return undefined;
  const frozen = frozenWith(observed);
  if (frozen.length === 0) return undefined;
  const which = (observed.holds?.size ?? 0) > 1 ? ` of ${frozen.join(' and ')}` : '';
  return `${role}'s RTP counters${which} stood still all through the hold`;
}

function reason(kind: Reason['kind'], status: Status, message: string): Reason {
  return { kind, status, message };
}

function checkResult({ name, role, step, phase, passed, expected, actual }: CheckRecord): CheckResult {
  const status = passed === undefined ? 'inconclusive' : passed ? 'passed' : 'failed';
  return {
    name,
    ...(role !== undefined && { role }),
    ...(step !== undefined && { step }),
    phase,
    status,
    expected,
    actual,
  };
}

function peerResult(
  record: CallRecord,
  peer: PeerRecord,
  figures: PeerFigures,
  { last }: PeerObservation,
  withEvidence: boolean,
): [role: string, PeerResult] {
  const { browser, kind, browserVersion: version, driver, evidence } = peer;
  const codec = (wanted: string) =>
    last && [...last.inbound, ...last.outbound].find((each) => each.kind === wanted)?.codec;
  const facts = {
    kind,
    version,
    driver,
    selectedPair: selectedPair(record, peer, last),
    srtpCipher: evidence.srtpCipher ?? last?.transport.srtpCipher,
    dtlsCipher: evidence.dtlsCipher ?? last?.transport.dtlsCipher,
    audioCodec: evidence.audioCodec ?? codec('audio'),
    videoCodec: evidence.videoCodec ?? codec('video'),
    source: renderSource(peer),
    evidence: withEvidence ? renderEvidence(peer) : undefined,
  };
  const known = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
  return [peer.role, { browser, metrics: figures.of(peer.role), ...known }];
}

/** `host/udp → srflx/udp`; a local relay with what its server is reached by: `relay/tls → srflx/udp`. */
function selectedPair(
  record: CallRecord,
  { role, evidence }: PeerRecord,
  last: PeerObservation['last'],
): string | undefined {
  const pair = evidence.selectedPair ?? last?.pair;
  if (!pair?.localType || !pair.remoteType) return undefined;
  const protocol = pair.protocol ?? '?';
  const own = pair.localType === 'relay' ? (pair.relayProtocol ?? allocatedOver(record, role)) : undefined;
  return `${pair.localType}/${own ?? protocol} → ${pair.remoteType}/${protocol}`;
}

function renderSource({ source }: PeerRecord): string | undefined {
  if (!source) return undefined;
  const { kind, width, height, frameRate } = source;
  const size = width !== undefined && height !== undefined ? ` ${width}x${height}` : '';
  return `${kind}${size}${frameRate === undefined ? '' : `@${frameRate}`}`;
}
