import type { Peer, SentRate } from '../peer/peer.ts';
import type { Fact } from './scenario.ts';

/** A sender that still sends so much of what it did before has not noticed that its line is narrow. */
const YIELDED_RATIO = 0.75;

/** Mean rate over whole intervals within a stretch, bit/s; `undefined` when there is none. */
export function meanRateBps(rates: readonly SentRate[], fromMs: number, toMs: number): number | undefined {
  const within = rates.filter(({ startMs, endMs }) => startMs >= fromMs && endMs <= toMs);
  const ms = within.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
  if (ms === 0) return undefined;
  return within.reduce((sum, { startMs, endMs, bps }) => sum + bps * (endMs - startMs), 0) / ms;
}

/**
 * How long after `fromMs` a sender got below a rate and stayed there until `toMs`, ms; as exact as samples are apart.
 * `undefined` if it never did, or nothing is known.
 */
export function yieldMs(
  rates: readonly SentRate[],
  { fromMs, toMs, belowBps }: { fromMs: number; toMs: number; belowBps: number },
): number | undefined {
  const within = rates.filter(({ startMs, endMs }) => endMs > fromMs && startMs >= fromMs && endMs <= toMs);
  const lastOver = within.findLastIndex(({ bps }) => bps > belowBps);
  if (within.length === 0 || lastOver === within.length - 1) return undefined;
  return lastOver < 0 ? within[0]!.endMs - fromMs : within[lastOver]!.endMs - fromMs;
}

/**
 * Whether a sender gives way to a line that has become narrower than what it sent: by the end of the narrow stretch it
 * sends clearly less. How far and how fast it does, and how it comes back, differs between browsers: that is measured.
 */
export function yieldFacts(
  peer: Peer,
  { beforeBps, narrowBps }: { beforeBps: number | undefined; narrowBps: number | undefined },
): Fact[] {
  const isKnown = beforeBps !== undefined && narrowBps !== undefined;
  return [
    {
      name: 'it gives way to a narrow line',
      peer,
      passed: isKnown ? narrowBps <= YIELDED_RATIO * beforeBps : undefined,
      expected: `at most ${YIELDED_RATIO * 100} % of ${kbps(beforeBps)}`,
      actual: kbps(narrowBps),
      phase: 'rtp',
    },
  ];
}

/** Headers are on top of the limit, and encoders do not hit theirs exactly. */
const CAP_SLACK = 1.5;
/** How much more it must have sent, and must send again, for the limit to have been felt. */
const FELT = 2;

/**
 * Whether a sender keeps to a limit on its bit rate that is far below what it sent before, and sends more once that is
 * gone. A sender that had no more to send proves nothing.
 *
 * @see https://www.w3.org/TR/webrtc/#dom-rtcrtpencodingparameters-maxbitrate
 */
export function capFacts(
  peer: Peer,
  rates: {
    capBps: number;
    beforeBps: number | undefined;
    cappedBps: number | undefined;
    afterBps: number | undefined;
  },
): Fact[] {
  const { capBps, beforeBps, cappedBps, afterBps } = rates;
  const isFelt = beforeBps !== undefined && cappedBps !== undefined && beforeBps > capBps * FELT;
  return [
    {
      name: 'it keeps to the limit',
      peer,
      passed: isFelt ? cappedBps <= capBps * CAP_SLACK : undefined,
      expected: `about ${kbps(capBps)}, having sent more than twice that`,
      actual: `${kbps(cappedBps)}, ${kbps(beforeBps)} before`,
      phase: 'rtp',
    },
    {
      name: 'it sends more without the limit',
      peer,
      passed: afterBps === undefined || cappedBps === undefined ? undefined : afterBps > cappedBps * FELT,
      expected: `more than twice ${kbps(cappedBps)}`,
      actual: kbps(afterBps),
      phase: 'rtp',
    },
  ];
}

const kbps = (bps: number | undefined): string =>
  bps === undefined ? 'unknown' : `${Math.round(bps / 1000)} kbit/s`;
