import type { ReadFrames } from '../../protocol.ts';
import { numbersBetween, type PatternMessage, wholeTime } from './pattern.ts';
import { Thinned } from './thinned.ts';

/**
 * A picture that stands longer than both is a freeze, as in webrtc-stats.
 *
 * @see https://www.w3.org/TR/webrtc-stats/#dom-rtcinboundrtpstreamstats-freezecount
 */
const FREEZE = { factor: 3, addedMs: 150 };
/** How many intervals between frames the usual one is the mean of. */
const USUAL = 30;

/** Keeps the books on the frames of one video; times are epoch ms in this page's clock. */
export class FrameLedger {
  #expected: number;
  #counts = { frames: 0, unreadable: 0, wrongStream: 0, repeated: 0, dropped: 0, backwards: 0, freezes: 0 };
  #first: number | undefined;
  #last: { number: number; t: number } | undefined;
  #newest: number[] = [];
  #longestFreezeMs = 0;
  #latencies = new Thinned<{ t: number; ms: number }>();
  #onNew: (message: PatternMessage, t: number) => void;

  /** @param expected the `streamId()` of the peer that is to be seen; `onNew` is told of every new number of its. */
  constructor(expected: number, onNew: (message: PatternMessage, t: number) => void) {
    this.#expected = expected;
    this.#onNew = onNew;
  }

  add(t: number, message: PatternMessage | undefined): void {
    this.#counts.frames++;
    if (!message) this.#counts.unreadable++;
    else if (message.stream !== this.#expected) this.#counts.wrongStream++;
    else this.#read(t, message);
  }

  read(t: number): ReadFrames {
    const { freezes } = this.#counts;
    const last = this.#last;
    const stillMs = last && t - last.t;
    const isOpen = stillMs !== undefined && this.#isFreeze(stillMs);
    return {
      ...this.#counts,
      freezes: freezes + (isOpen ? 1 : 0),
      longestFreezeMs: Math.max(this.#longestFreezeMs, isOpen ? stillMs : 0),
      latencies: this.#latencies.values,
      ...(this.#first !== undefined && { first: this.#first }),
      ...(last && { last: last.number, stillMs: t - last.t }),
    };
  }

  #read(t: number, message: PatternMessage): void {
    const { number, sentMs } = message;
    const last = this.#last;
    const step = last ? numbersBetween(last.number, number) : 1;
    if (step === 0) {
      this.#counts.repeated++;
      return;
    }
    if (step < 0) this.#counts.backwards++;
    else this.#counts.dropped += step - 1;
    this.#first ??= number;
    if (last) this.#interval(t - last.t);
    this.#last = { number, t };
    this.#latencies.add({ t, ms: t - wholeTime(sentMs, t) });
    this.#onNew(message, t);
  }

  #interval(ms: number): void {
    if (this.#isFreeze(ms)) {
      this.#counts.freezes++;
      this.#longestFreezeMs = Math.max(this.#longestFreezeMs, ms);
    }
    this.#newest.push(ms);
    if (this.#newest.length > USUAL) this.#newest.shift();
  }

  #isFreeze(ms: number): boolean {
    if (this.#newest.length === 0) return false;
    const usualMs = this.#newest.reduce((sum, each) => sum + each, 0) / this.#newest.length;
    return ms > Math.max(FREEZE.factor * usualMs, usualMs + FREEZE.addedMs);
  }
}
