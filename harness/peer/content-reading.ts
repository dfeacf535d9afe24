import type { ClockEstimate } from './clock.ts';
import type { ReadStream } from './protocol.ts';

/** A value and when it was so: epoch ms, harness's clock. */
export interface TimedMs {
  t: number;
  ms: number;
}

/**
 * What one remote video and its sound said of themselves, when their sender sends a test pattern.
 *
 * Of a call that is longer than some hundred frames, latencies and synchrony are evenly spaced samples.
 */
export interface ContentReading extends Omit<ReadStream, 'remote'> {
  /** Role of the peer it came from. */
  from: string;
  /** From painting a frame to presenting it, ms. None of a sender whose clock is unknown. */
  latencies: TimedMs[];
  /** How far off the latencies may be, as they are taken between two clocks. */
  latencyUncertaintyMs: number;
  /** How much later than its picture the sound changed, ms; negative: earlier. */
  syncs: TimedMs[];
}

/** Times of the sender's clock are 24 bits of it. */
const TURN_MS = 2 ** 24;

/** From two pages' clocks to the harness's. */
export function toContentReading(
  { remote, latencies, syncs, ...counts }: ReadStream,
  { receiver, sender }: { receiver: ClockEstimate; sender: ClockEstimate | undefined },
): ContentReading {
  const toHarness = (t: number) => t - receiver.offsetMs;
  const apart = sender && receiver.offsetMs - sender.offsetMs;
  return {
    ...counts,
    from: remote,
    latencies:
      apart === undefined
        ? []
        : latencies.map(({ t, ms }) => ({ t: toHarness(t), ms: withinTurn(ms - apart) })),
    latencyUncertaintyMs: receiver.uncertaintyMs + (sender?.uncertaintyMs ?? 0),
    syncs: syncs.map(({ t, ms }) => ({ t: toHarness(t), ms })),
  };
}

function withinTurn(ms: number): number {
  return ms - Math.round(ms / TURN_MS) * TURN_MS;
}
