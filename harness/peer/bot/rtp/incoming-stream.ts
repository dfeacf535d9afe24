import type { RtpHeader } from './rtp-packet.ts';

/** Out of order by more than this, it is a sender that began anew (RFC 3550 §A.1). */
const MAX_DROPOUT = 3000;

/** What was received since the last report. */
export interface ReceptionReport {
  /** Share of the expected packets that did not come, in 256ths. */
  fractionLost: number;
  lost: number;
  highestSequence: number;
  /** In the stream's clock. */
  jitter: number;
}

/** Counts one stream that arrives, as RFC 3550 appendix A does: packets, loss, jitter, bytes, frames. */
export class IncomingStream {
  readonly ssrc: number;
  readonly clockRate: number;
  packets = 0;
  /** Of media: without headers and padding. */
  payloadBytes = 0;
  headerBytes = 0;
  /** Those of which every packet came, in its order: a marker ends one. */
  frames = 0;
  lastMs: number | undefined;
  #baseSequence = -1;
  #highest = -1;
  #jitter = 0;
  #transit: number | undefined;
  #hasGap = false;
  #reported = { expected: 0, received: 0 };

  constructor(ssrc: number, clockRate: number) {
    this.ssrc = ssrc;
    this.clockRate = clockRate;
  }

  /** `nowMs`: when it arrived, on a clock that only goes forward. */
  add(
    { sequence, timestamp, marker, headerBytes, paddingBytes }: RtpHeader,
    sizeBytes: number,
    nowMs: number,
  ): void {
    this.#extend(sequence);
    this.packets++;
    this.headerBytes += headerBytes + paddingBytes;
    this.payloadBytes += sizeBytes - headerBytes - paddingBytes;
    // Padding alone carries no media, and no frame ends in it.
    if (marker && sizeBytes > headerBytes + paddingBytes) this.#endFrame();
    this.lastMs = nowMs;
    this.#addTransit(timestamp, nowMs);
  }

  /** Packets that never came; less than 0 when some came twice (RFC 3550 §6.4.1). */
  get lost(): number {
    return this.#expected - this.packets;
  }

  /** Seconds. */
  get jitter(): number {
    return this.#jitter / this.clockRate;
  }

  /** For the next report block; begins a new interval. */
  report(): ReceptionReport {
    const expected = this.#expected - this.#reported.expected;
    const received = this.packets - this.#reported.received;
    this.#reported = { expected: this.#expected, received: this.packets };
    const lost = Math.max(0, expected - received);
    return {
      fractionLost: expected > 0 ? Math.min(255, Math.floor((lost * 256) / expected)) : 0,
      lost: this.lost,
      highestSequence: Math.max(0, this.#highest),
      jitter: Math.round(this.#jitter),
    };
  }

  get #expected(): number {
    return this.#highest < 0 ? 0 : this.#highest - this.#baseSequence + 1;
  }

  #extend(sequence: number): void {
    if (this.#highest < 0) {
      this.#baseSequence = this.#highest = sequence;
      return;
    }
    const ahead = (sequence - this.#highest) & 0xffff;
    if (ahead !== 1) this.#hasGap = true;
    if (ahead < MAX_DROPOUT) this.#highest += ahead;
    else if (ahead < 0x1_0000 - MAX_DROPOUT) {
      // Begun anew: what is missing between the two is nobody's loss.
      const lost = this.lost;
      this.#highest = sequence;
      this.#baseSequence = sequence - this.packets - lost;
    }
  }

  #endFrame(): void {
    if (!this.#hasGap) this.frames++;
    this.#hasGap = false;
  }

  /** @see https://www.rfc-editor.org/rfc/rfc3550#appendix-A.8 */
  #addTransit(timestamp: number, nowMs: number): void {
    const transit = (((nowMs / 1000) * this.clockRate) % 2 ** 32) - timestamp;
    const before = this.#transit;
    this.#transit = transit;
    if (before === undefined) return;
    // The clocks wrap, so that the difference may be a turn too large.
    const turn = 2 ** 32;
    let change = (transit - before) % turn;
    if (change > turn / 2) change -= turn;
    if (change < -turn / 2) change += turn;
    this.#jitter += (Math.abs(change) - this.#jitter) / 16;
  }
}
