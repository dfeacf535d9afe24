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
export interface ContentReading {
  /** Role of the peer it came from. */
  from: string;
  /** Frames presented. */
  frames: number;
  /** Frames in which no test pattern could be read. */
  unreadable: number;
  /** Frames that said they are of another peer than `from`. */
  wrongStream: number;
  /** Frames presented with the same number as the one before. */
  repeated: number;
  /** Numbers that were skipped: painted, never presented. */
  dropped: number;
  /** Frames presented after a later one. */
  backwards: number;
  /** Numbers of the first and the last frame read; `undefined` if there was none. */
  first?: number;
  last?: number;
  /** Since the last new frame, ms; `undefined` if there was none. */
  stillMs?: number;
  /** As webrtc-stats counts them: longer than three usual intervals, and than one and 150 ms. The one that lasts as well. */
  freezes: number;
  longestFreezeMs: number;
  /** From painting a frame to presenting it, ms. None of a sender whose clock is unknown. */
  latencies: TimedMs[];
  /** How far off the latencies may be, as they are taken between two clocks. */
  latencyUncertaintyMs: number;
  /** How much later than its picture the sound changed, ms; negative: earlier. */
  syncs: TimedMs[];
  /**
   * Who could not sound or hear: Firefox runs no WebAudio on a machine without a sound device. The sender sends its
   * microphone then. Absent if both could.
   */
  noSound?: 'sender' | 'receiver';
  /** How often the picture said that the tone changes, and how often it did. */
  stepsSeen: number;
  stepsHeard: number;
  /** Median time from one such picture to the next, ms; `undefined` before there were two. */
  stepMs?: number;
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
