import type { Impairment } from '../../topology/topology.ts';

/** IPv4, UDP and Ethernet headers. */
export const HEADER_BYTES = 20 + 8 + 14;
const SMALL_BYTES = 16;
const LARGE_BYTES = 1200;
/** Enough for a median; more where chance is to be measured. */
const FEW = 24;
const MANY = 1200;
const QUICK = 16;
const QUICK_EVERY_MS = 6;
const FOR_JITTER = 120;
/** Losses to expect, so that their number says something. */
const WANTED_EVENTS = 40;
const LONGEST_US = 1_000_000;
const RATE_US = 400_000;
/** A busy machine is late. */
const SLACK_MS = 150;

/** Packets in even distances. */
export interface Train {
  count: number;
  payloadBytes: number;
  everyUs: number;
}

/** Small packets that do not queue, for delay, jitter, loss and the rest: as many as chance needs, within a second. */
export function smallTrain(impairment: Impairment): Train {
  const wanted = Math.min(
    MANY,
    Math.max(FEW, forChance(impairment), (impairment.jitterMs ?? 0) > 0 ? FOR_JITTER : 0),
  );
  const spacingUs = wanted <= FEW ? 1500 : wanted <= FOR_JITTER ? 5000 : 800;
  const everyUs = Math.max(spacingUs, 2 * transmissionMs(SMALL_BYTES, impairment) * 1000);
  const count = Math.max(FEW, Math.min(wanted, Math.floor(LONGEST_US / everyUs)));
  return { count, payloadBytes: SMALL_BYTES, everyUs };
}

/** Twice as much as the rate lets through, for 0.4 s; of very high rates a shorter piece. */
export function rateTrain(rateBps: number): Train {
  const bytes = (2 * rateBps * (RATE_US / 1e6)) / 8;
  const payloadBytes = Math.max(SMALL_BYTES, Math.min(LARGE_BYTES, Math.floor(bytes / 80) - HEADER_BYTES));
  const everyUs = ((payloadBytes + HEADER_BYTES) * 8 * 1e6) / (2 * rateBps);
  return { count: Math.max(40, Math.min(2 * MANY, Math.round(RATE_US / everyUs))), payloadBytes, everyUs };
}

/**
 * A few small packets, slow enough not to queue. Only those of its later half count: the first are there to wait for what
 * was sent before the change, which they may not overtake.
 */
export function quickTrain(impairment: Impairment, before: Impairment): Train {
  const shorterMs = Math.max(0, (before.delayMs ?? 0) - (impairment.delayMs ?? 0));
  const everyMs = Math.max(
    QUICK_EVERY_MS,
    2 * transmissionMs(SMALL_BYTES, impairment),
    (2 * shorterMs) / QUICK,
  );
  return { count: QUICK, payloadBytes: SMALL_BYTES, everyUs: everyMs * 1000 };
}

/** How long after the last of a train was sent another of it may come. */
export function drainMs({ count, payloadBytes, everyUs }: Train, impairment: Impairment): number {
  const { delayMs = 0, jitterMs = 0 } = impairment;
  const backlogMs = count * (transmissionMs(payloadBytes, impairment) - everyUs / 1000);
  return Math.ceil(delayMs + 4 * jitterMs + Math.max(0, backlogMs) + SLACK_MS);
}

/** What a packet of this size takes to be sent at the limited rate. */
export function transmissionMs(payloadBytes: number, { rateBps }: Impairment): number {
  return rateBps === undefined ? 0 : ((payloadBytes + HEADER_BYTES) * 8 * 1000) / rateBps;
}

/**
 * How much less n packets say of loss that comes in runs: the variance of their number is this many times that of single
 * losses.
 */
export function burstInflation({ lossRatio = 0, lossBurst = 1 }: Impairment): number {
  return lossBurst <= 1 ? 1 : Math.max(1, 2 * lossBurst * (1 - lossRatio) - 1);
}

function forChance(impairment: Impairment): number {
  const { lossRatio = 0, duplicateRatio = 0, reorderRatio = 0, outage } = impairment;
  if (outage) return 0;
  const ratios = [lossRatio, duplicateRatio, reorderRatio].filter((ratio) => ratio > 0 && ratio < 1);
  return Math.max(0, ...ratios.map((ratio) => (WANTED_EVENTS / ratio) * burstInflation(impairment)));
}
