import type { Impairment, LinkMeasurement } from '../../topology/topology.ts';
import { HEADER_BYTES, transmissionMs, type Train } from './probe-plan.ts';

/** What came of a train, in the order it came; a packet that came twice is in it twice. */
export interface Arrivals {
  seq: number[];
  /** Both of the machine's monotonic clock, in microseconds. */
  sentUs: number[];
  atUs: number[];
}

/** One direction, measured. */
export type Measured = LinkMeasurement['measured'] & {
  /** Mean length of a run of lost packets. Absent when none was lost. */
  lossBurst?: number;
  /** Copies too many, by packets that came. Absent when nothing came. */
  duplicateRatio?: number;
  /** Packets that came after one that was sent later, by packets that came. Absent when nothing came. */
  reorderRatio?: number;
};

/** @param configured whose rate explains the part of the delay that the packets' own length makes */
export function deriveSmall(train: Train, arrivals: Arrivals, configured: Impairment): Measured {
  const firsts = firstArrivals(arrivals);
  const lossRatio = 1 - firsts.length / train.count;
  const lossBurst = meanRun(new Set(firsts.map(({ seq }) => seq)), train.count);
  const measured: Measured = {
    packets: train.count,
    lossRatio,
    ...(lossBurst !== undefined && { lossBurst }),
  };
  if (firsts.length === 0) return measured;
  const delays = firsts.map(({ delayMs }) => delayMs).toSorted((a, b) => a - b);
  const ownMs = transmissionMs(train.payloadBytes, configured);
  return {
    ...measured,
    delayMs: Math.max(0, median(delays) - ownMs),
    ...(delays.length > 1 && { jitterMs: deviation(delays) }),
    duplicateRatio: arrivals.seq.length / firsts.length - 1,
    reorderRatio: late(firsts.map(({ seq }) => seq)) / firsts.length,
  };
}

/** Of the later half of a train's packets: the delay, its deviation, and the loss when it was an outage or should have been. */
export function deriveQuick(train: Train, arrivals: Arrivals, configured: Impairment): Measured {
  const half = Math.floor(train.count / 2);
  const isLater = (_: number, index: number) => (arrivals.seq[index] ?? 0) >= half;
  const later = {
    seq: arrivals.seq.filter(isLater),
    sentUs: arrivals.sentUs.filter(isLater),
    atUs: arrivals.atUs.filter(isLater),
  };
  const { packets, delayMs, jitterMs, lossRatio } = deriveSmall(
    { ...train, count: train.count - half },
    later,
    configured,
  );
  const isOut = configured.outage === true || lossRatio === 1;
  return {
    packets,
    ...(delayMs !== undefined && { delayMs }),
    ...(jitterMs !== undefined && { jitterMs }),
    ...(isOut && lossRatio !== undefined && { lossRatio }),
  };
}

/** Bits on the wire per second between the first and the last arrival. `undefined` from fewer than 10. */
export function deriveRate(train: Train, { atUs }: Arrivals): number | undefined {
  const [first, last] = [atUs[0], atUs.at(-1)];
  if (first === undefined || last === undefined || atUs.length < 10 || last <= first) return undefined;
  return ((atUs.length - 1) * (train.payloadBytes + HEADER_BYTES) * 8 * 1e6) / (last - first);
}

function firstArrivals({ seq, sentUs, atUs }: Arrivals): { seq: number; delayMs: number }[] {
  const seen = new Set<number>();
  const firsts: { seq: number; delayMs: number }[] = [];
  for (const [index, number] of seq.entries()) {
    if (seen.has(number)) continue;
    seen.add(number);
    firsts.push({ seq: number, delayMs: ((atUs[index] ?? NaN) - (sentUs[index] ?? NaN)) / 1000 });
  }
  return firsts;
}

function meanRun(came: ReadonlySet<number>, count: number): number | undefined {
  let [lost, runs] = [0, 0];
  for (let seq = 0; seq < count; seq++) {
    if (came.has(seq)) continue;
    lost++;
    if (seq === 0 || came.has(seq - 1)) runs++;
  }
  return runs === 0 ? undefined : lost / runs;
}

function late(order: readonly number[]): number {
  let highest = -1;
  return order.filter((seq) => {
    const isLate = seq < highest;
    highest = Math.max(highest, seq);
    return isLate;
  }).length;
}

function median(sorted: readonly number[]): number {
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? NaN) + upper) / 2 : upper;
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
