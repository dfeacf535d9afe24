export interface ClockEstimate {
  /** Peer's clock minus harness's clock, ms. */
  offsetMs: number;
  /** Half the shortest round trip: the offset is off by no more than this. */
  uncertaintyMs: number;
}

/**
 * Estimates how far the peer's clock is from ours, as NTP does: the answer came from the middle of the round trip, and
 * the shortest round trip says it best (RFC 5905 §10).
 */
export class ClockEstimator {
  #best: ClockEstimate | undefined;

  /** One exchange: sent and received on our clock, answered on the peer's; all epoch ms. */
  add({ sentMs, answeredMs, receivedMs }: { sentMs: number; answeredMs: number; receivedMs: number }): void {
    const uncertaintyMs = (receivedMs - sentMs) / 2;
    if (this.#best && this.#best.uncertaintyMs <= uncertaintyMs) return;
    this.#best = { offsetMs: answeredMs - (sentMs + uncertaintyMs), uncertaintyMs };
  }

  /** `undefined` until the first exchange. */
  get estimate(): ClockEstimate | undefined {
    return this.#best;
  }
}

/** Epoch ms with fractions on the harness's clock; monotonic, unlike `Date.now()`. */
export function harnessNow(): number {
  return performance.timeOrigin + performance.now();
}
