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

const kbps = (bps: number | undefined): string =>
  bps === undefined ? 'unknown' : `${Math.round(bps / 1000)} kbit/s`;
