import type { Impairment, LinkMeasurement } from '../../topology/topology.ts';
import { isLikely } from './binomial.ts';
import { burstInflation } from './probe-plan.ts';

type Measured = LinkMeasurement['measured'];

const CONFIDENCE = 0.999;
const DELAY_MS = 2;
const DELAY_RATIO = 0.05;
/** Of the median, when delays vary: an emulator that keeps the order makes packets wait for those before them. */
const JITTERS_LATER = 3;
const RATE_BELOW = 0.25;
const RATE_ABOVE = 0.1;
const NO_LOSS = 0.01;
/** So much that a few packets may well all be lost. */
const LOSSY = 0.5;

/**
 * Why an impairment counts as not in effect: one sentence. `undefined` when all that was measured is as configured.
 *
 * Delay: within 2 ms or 5 %, the larger, and later by three times the jitter where there is jitter. Loss: by chance not
 * more often than once in 1000 times. Rate: 25 % below to 10 % above. Outage: nothing comes. Not impaired: below 2 ms
 * and 1 % loss. Jitter: at least a quarter. What was not measured is not judged.
 */
export function verifyLink(configured: Impairment, measured: Measured): string | undefined {
  if (configured.outage) return verifyOutage(measured);
  if (measured.lossRatio === 1 && (configured.lossRatio ?? 0) < 1)
    return `nothing came of ${measured.packets} packets`;
  return (
    verifyLoss(configured, measured) ??
    verifyDelay(configured, measured) ??
    verifyJitter(configured, measured) ??
    verifyRate(configured, measured)
  );
}

/**
 * The same for a few packets among a call's own: an outage that is there or not, and a delay that is not too short; too
 * long, or nothing at all, only where no limited rate lets packets wait behind those of the call.
 */
export function verifyQuickly(configured: Impairment, measured: Measured): string | undefined {
  if (configured.outage) return verifyOutage(measured);
  const { delayMs: wanted = 0, lossRatio = 0, rateBps } = configured;
  if (measured.lossRatio === 1 && lossRatio < LOSSY) {
    // A call that floods a limited rate keeps the queue full, and the few packets are dropped or too late.
    return rateBps === undefined ? `nothing came of ${measured.packets} packets` : undefined;
  }
  if (rateBps !== undefined && (measured.delayMs ?? 0) > wanted) return undefined;
  return verifyDelay(configured, measured);
}

function verifyOutage({ lossRatio, packets }: Measured): string | undefined {
  if (lossRatio === undefined || lossRatio === 1) return undefined;
  return `an outage was configured, but ${packets - Math.round(lossRatio * packets)} of ${packets} packets came`;
}

function verifyLoss(configured: Impairment, { lossRatio, packets }: Measured): string | undefined {
  const { lossRatio: wanted = 0 } = configured;
  if (lossRatio === undefined) return undefined;
  const inflation = burstInflation(configured);
  const trials = Math.round(packets / inflation);
  const isRight =
    wanted === 0 ? lossRatio < NO_LOSS : isLikely(Math.round(lossRatio * trials), trials, wanted, CONFIDENCE);
  if (isRight) return undefined;
  return `loss was to be ${percent(wanted)}, measured ${percent(lossRatio)} of ${packets} packets`;
}

function verifyDelay(configured: Impairment, measured: Measured): string | undefined {
  const { delayMs: wanted = 0, jitterMs = 0 } = configured;
  const { delayMs } = measured;
  if (delayMs === undefined) return undefined;
  const isTooShort = delayMs < wanted - allowedMs(wanted) - jitterMs;
  if (!isTooShort && !isLate(configured, measured)) return undefined;
  return `delay was to be ${ms(wanted)}, measured ${ms(delayMs)}`;
}

/** Whether the delay is longer than it may be. */
export function isLate({ delayMs: wanted = 0, jitterMs = 0 }: Impairment, { delayMs }: Measured): boolean {
  return delayMs !== undefined && delayMs > wanted + allowedMs(wanted) + JITTERS_LATER * jitterMs;
}

function allowedMs(wanted: number): number {
  return Math.max(DELAY_MS, wanted * DELAY_RATIO);
}

function verifyJitter({ jitterMs: wanted = 0 }: Impairment, { jitterMs }: Measured): string | undefined {
  if (jitterMs === undefined || wanted === 0 || jitterMs >= wanted / 4) return undefined;
  return `jitter was to be ${ms(wanted)}, measured ${ms(jitterMs)}`;
}

function verifyRate({ rateBps: wanted }: Impairment, { rateBps }: Measured): string | undefined {
  if (rateBps === undefined || wanted === undefined) return undefined;
  if (rateBps >= wanted * (1 - RATE_BELOW) && rateBps <= wanted * (1 + RATE_ABOVE)) return undefined;
  return `rate was to be ${kbps(wanted)}, measured ${kbps(rateBps)}`;
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 10_000) / 100} %`;
}

function ms(value: number): string {
  return `${Math.round(value * 10) / 10} ms`;
}

function kbps(rateBps: number): string {
  return `${Math.round(rateBps / 1000)} kbit/s`;
}
