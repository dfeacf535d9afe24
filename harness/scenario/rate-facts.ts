import type { Peer, SentRate } from '../peer/peer.ts';
import type { Fact } from './scenario.ts';

/** So little of a limited line a sender may leave unused once it is wide again. */
const RECOVERED_RATIO = 0.6;

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

/** Whether a sender whose line was narrow sends again as it did before, or at least most of it. */
export function regainFacts(
  peer: Peer,
  { beforeBps, afterBps }: { beforeBps: number | undefined; afterBps: number | undefined },
): Fact[] {
  const isKnown = beforeBps !== undefined && afterBps !== undefined;
  return [
    {
      name: 'its bitrate comes back',
      peer,
      passed: isKnown ? afterBps >= RECOVERED_RATIO * beforeBps : undefined,
      expected: `${RECOVERED_RATIO * 100} % of ${kbps(beforeBps)}`,
      actual: kbps(afterBps),
      phase: 'rtp',
    },
  ];
}

const kbps = (bps: number | undefined): string =>
  bps === undefined ? 'unknown' : `${Math.round(bps / 1000)} kbit/s`;
