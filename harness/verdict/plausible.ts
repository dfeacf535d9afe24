import type { CallRecord } from '../call-record.ts';
import type { SampleGroup } from '../metrics/aggregate.ts';
import { leastOf, totalOf } from '../metrics/sink.ts';
import { HOLD_STEP } from '../metrics/steps.ts';
import { number } from '../stats/normalise.ts';
import type { MetricSample } from '../stats/sample.ts';
import { describeRate, describeRatio } from '../topology/describe.ts';
import type { Impairment } from '../topology/topology.ts';
import { atLeast, atMost } from './binomial.ts';
import { allocatedOver } from './network.ts';
import type { CallObserver, PeerObservation } from './observe.ts';
import { pathBetween } from './path.ts';

/** From where on stats and configuration contradict each other. Generous: what is flagged must be wrong. */
export const PLAUSIBLE = {
  /** Share of the configured round trip that the lowest `rtt_ms` must reach, less three deviations of the jitter. */
  rttShare: 0.9,
  /** Under this a configured round trip cannot be told from the machine's own. Browsers report whole milliseconds. */
  minRttMs: 5,
  /** Received RTP over the configured rate; the rate is bits on the wire, so RTP should be under it. */
  rateShare: 1.1,
  /** How improbable a count of lost packets must be, after the configured loss was stretched by the two below. */
  lossProbability: 1e-4,
  lossTooLittle: (ratio: number) => 0.75 * ratio,
  lossTooMuch: (ratio: number) => Math.min(1, 1.5 * ratio + 0.02),
} as const;

interface Contradiction {
  role: string;
  message: string;
  expected: string;
  actual: string;
  unit?: string;
  samples?: number;
}

/** Watches one call's metric samples go by: the hold, as far as the script had not changed the network yet. */
export class CallWitness {
  readonly #untilMs: number;
  readonly #roles = new Map<string, { rttMs: number; rateBps: number; intervals: number }>();

  constructor({ network }: CallRecord) {
    this.#untilMs = Math.min(...(network?.changes ?? []).map(({ askedMs }) => askedMs));
  }

  add({ metric, value, t, tags }: MetricSample): void {
    const { role, step } = tags;
    if (role === undefined || step !== HOLD_STEP || t > this.#untilMs) return;
    const seen = this.#roles.get(role) ?? { rttMs: Infinity, rateBps: 0, intervals: 0 };
    this.#roles.set(role, seen);
    if (metric === 'rtt_ms') seen.rttMs = Math.min(seen.rttMs, value);
    if (metric !== 'recv_bitrate_bps') return;
    seen.rateBps += value;
    seen.intervals++;
  }

  /** Many samples at once. When they were is not known: left out if the script changed the network. */
  merge({ metric, tags, state }: SampleGroup): void {
    const { role, step } = tags;
    if (role === undefined || step !== HOLD_STEP || this.#untilMs !== Infinity) return;
    const seen = this.#roles.get(role) ?? { rttMs: Infinity, rateBps: 0, intervals: 0 };
    this.#roles.set(role, seen);
    if (metric === 'rtt_ms') seen.rttMs = Math.min(seen.rttMs, leastOf(state) ?? Infinity);
    if (metric !== 'recv_bitrate_bps') return;
    const { sum, count } = totalOf(state);
    seen.rateBps += sum;
    seen.intervals += count;
  }

  /** The shortest round trip. */
  rttMs(role: string): number | undefined {
    const { rttMs = Infinity } = this.#roles.get(role) ?? {};
    return rttMs === Infinity ? undefined : rttMs;
  }

  /** Mean of the intervals. */
  rateBps(role: string): number | undefined {
    const seen = this.#roles.get(role);
    return seen?.intervals ? seen.rateBps / seen.intervals : undefined;
  }
}

/**
 * Where the stats of a call between two peers cannot be true on the network it was to have: the impairment did not
 * take effect, or something else was in the way.
 *
 * What a change by the script makes uncertain is left out: delay and rate are judged before the first change, loss
 * only without one. Loss is also left out where TCP hides it (RFC 8656 §3.1) or duplicates do (RFC 3550 §6.4.1).
 */
export function findImplausible(
  record: CallRecord,
  observer: CallObserver,
  witness: CallWitness,
  isSaturated: boolean,
): Contradiction[] {
  const { level, topology, changes = [] } = record.network ?? {};
  const [first, second, ...others] = Object.keys(record.peers);
  if (level === 'loopback' || !topology || first === undefined || second === undefined || others.length > 0)
    return [];
  const observed = { [first]: observer.of(first), [second]: observer.of(second) };
  // Shaped in the browser, a packet meets all of its page's lines, wherever it goes.
  const byInternet =
    level === 'shaped' || Object.values(observed).some(({ last }) => last?.pair?.candidateType === 'relay');
  const there = pathBetween(topology, first, second, byInternet);
  const back = pathBetween(topology, second, first, byInternet);
  if (!there || !back || there.outage || back.outage) return [];
  const isJudgedByLoss =
    changes.length === 0 && Object.keys(observed).every((role) => isUdp(record, role, observer));
  return [
    ...roundTrip(there, back, [first, second], witness),
    ...[
      { role: first, path: back },
      { role: second, path: there },
    ].flatMap(({ role, path }) => [
      ...rate(path, role, witness),
      ...(isJudgedByLoss ? loss(path, role, observed[role]!, isSaturated) : []),
    ]),
  ];
}

/** The peer whose round trip was the shortest speaks for both: they measure the same way. */
function roundTrip(
  there: Impairment,
  back: Impairment,
  roles: readonly string[],
  witness: CallWitness,
): Contradiction[] {
  const [thereMs, backMs] = [there.delayMs ?? 0, back.delayMs ?? 0];
  const configuredMs = thereMs + backMs;
  // A reordered packet is one that overtakes the delay.
  if (configuredMs < PLAUSIBLE.minRttMs || there.reorderRatio || back.reorderRatio) return [];
  const [shortest] = roles
    .flatMap((role) => {
      const rttMs = witness.rttMs(role);
      return rttMs === undefined ? [] : [{ role, rttMs }];
    })
    .toSorted((a, b) => a.rttMs - b.rttMs);
  const leastMs = PLAUSIBLE.rttShare * configuredMs - 3 * Math.hypot(there.jitterMs ?? 0, back.jitterMs ?? 0);
  if (!shortest || shortest.rttMs >= leastMs) return [];
  const { role, rttMs } = shortest;
  const message =
    `configured ${shown(thereMs)} ms there and ${shown(backMs)} ms back, but ${role}'s rtt_ms was ` +
    `${shown(rttMs)} ms: the impairment did not take effect`;
  return [{ role, message, expected: `at least ${shown(leastMs)}`, actual: shown(rttMs), unit: 'ms' }];
}

function rate({ rateBps: configured }: Impairment, role: string, witness: CallWitness): Contradiction[] {
  const received = witness.rateBps(role);
  if (configured === undefined || received === undefined) return [];
  if (received <= configured * PLAUSIBLE.rateShare) return [];
  const [limit, actual] = [describeRate(configured), describeRate(received)];
  const message = `configured ${limit}, but ${role} received ${actual} of RTP: the impairment did not take effect`;
  return [{ role, message, expected: `at most ${limit}`, actual }];
}

function loss(
  { lossRatio = 0, lossBurst = 1, rateBps, duplicateRatio }: Impairment,
  role: string,
  observed: PeerObservation,
  isSaturated: boolean,
): Contradiction[] {
  const { lost, expected: packets } = packetsIn(observed);
  if (lossRatio === 0 || packets === 0 || duplicateRatio) return [];
  // Lost packets that come in runs say less: a run of mean length L spreads the count by a factor of 2L − 1.
  const spread = 2 * lossBurst - 1;
  const [events, trials] = [Math.round(lost / spread), Math.round(packets / spread)];
  const isTooLittle = atMost(events, trials, PLAUSIBLE.lossTooLittle(lossRatio)) < PLAUSIBLE.lossProbability;
  // A narrow link drops packets of its own accord, and so does a machine that cannot keep up.
  const isTooMuch =
    rateBps === undefined &&
    !isSaturated &&
    atLeast(events, trials, PLAUSIBLE.lossTooMuch(lossRatio)) < PLAUSIBLE.lossProbability;
  if (!isTooLittle && !isTooMuch) return [];
  const [expected, actual] = [describeRatio(lossRatio), describeRatio(lost / packets)];
  const why = isTooLittle ? 'the impairment did not take effect' : 'something else loses packets too';
  const message = `configured ${expected} of loss, but ${role} missed ${actual} of ${packets} packets: ${why}`;
  return [{ role, message, expected, actual, samples: packets }];
}

/** What the streams that were there from the hold's start to its end lost, and should have received. */
function packetsIn({ hold }: PeerObservation): { lost: number; expected: number } {
  const totals = { lost: 0, expected: 0 };
  for (const { id, stat } of hold?.last.inbound ?? []) {
    const before = hold?.first.inbound.find((stream) => stream.id === id)?.stat;
    const [lost, received] = ['packetsLost', 'packetsReceived'].map((field) => {
      const [start, end] = [number(before, field), number(stat, field)];
      return start === undefined || end === undefined ? undefined : Math.max(0, end - start);
    });
    if (lost === undefined || received === undefined) continue;
    totals.lost += lost;
    totals.expected += lost + received;
  }
  return totals;
}

/** Whether this peer's media is known to travel by UDP all the way to the other peer or to its relay. */
function isUdp(record: CallRecord, role: string, observer: CallObserver): boolean {
  const pair = observer.of(role).last?.pair;
  if (!pair || pair.protocol === 'tcp') return false;
  if (pair.localType !== 'relay') return true;
  return (pair.relayProtocol ?? allocatedOver(record, role)) === 'udp';
}

function shown(value: number): string {
  return `${Number(value.toPrecision(3))}`;
}
