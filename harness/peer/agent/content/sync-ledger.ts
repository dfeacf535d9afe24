import type { ReadSound } from '../../protocol.ts';
import { numbersBetween } from './pattern.ts';
import { FRAMES_PER_STEP, stepOf, toneOf, TONES_HZ } from './tone.ts';
import { Thinned } from './thinned.ts';

/** One round of all tones: what is further apart cannot be told from its neighbours. */
const ROUND = TONES_HZ.length;

interface Change {
  tone: number;
  t: number;
}

/**
 * Compares when the sound changes its tone with when the picture changes to a number that belongs to that tone.
 *
 * Each change of the picture is compared with the nearest change to the same tone, so that what is more than half a
 * round apart (2 s at 20 frames a second) looks closer than it is.
 */
export class SyncLedger {
  #step: number | undefined;
  #lastNumber: number | undefined;
  #seen = 0;
  #heard = 0;
  #pictures: Change[] = [];
  #tones: Change[] = [];
  #tone: number | undefined;
  #candidate: number | undefined;
  #syncs = new Thinned<{ t: number; ms: number }>();
  #stepMs = new Thinned<number>();

  #noTone = false;

  /** The picture says that there is no tone with it. */
  seeSilence(): void {
    this.#noTone = true;
  }

  /** A picture with that number is there. Numbers that were skipped leave out the change that was among them. */
  seeNumber(number: number, t: number): void {
    const step = stepOf(number);
    const isNext = this.#lastNumber !== undefined && numbersBetween(this.#lastNumber, number) === 1;
    const isChange = this.#step !== undefined && step !== this.#step;
    this.#step = step;
    this.#lastNumber = number;
    if (!isChange) return;
    this.#seen++;
    const last = this.#pictures.at(-1);
    // Only a change whose both sides were seen says when it was.
    if (!isNext && number % FRAMES_PER_STEP !== 0) return;
    const change = { tone: toneOf(step), t };
    if (last && toneOf(step - 1) === last.tone) this.#stepMs.add(t - last.t);
    this.#pictures.push(change);
    this.#match(change, this.#tones, (tone) => tone.t - t);
    if (this.#pictures.length > ROUND) this.#pictures.shift();
  }

  /** What is heard now: one of the tones, or none. It has to be heard twice, as between two tones anything is. */
  hear(tone: number | undefined, t: number, sinceLastMs: number): void {
    if (tone !== undefined && tone === this.#candidate && tone !== this.#tone)
      this.#change(tone, t - sinceLastMs);
    this.#candidate = tone;
  }

  read(): ReadSound {
    const steps = this.#stepMs.values.toSorted((a, b) => a - b);
    const stepMs = steps[Math.floor(steps.length / 2)];
    return {
      stepsSeen: this.#seen,
      stepsHeard: this.#heard,
      syncs: this.#syncs.values,
      ...(this.#noTone && { noSound: 'sender' as const }),
      ...(stepMs !== undefined && { stepMs }),
    };
  }

  #change(tone: number, t: number): void {
    const isFirst = this.#tone === undefined;
    this.#tone = tone;
    // How long the first one has sounded already is unknown.
    if (isFirst) return;
    this.#heard++;
    const change = { tone, t };
    this.#tones.push(change);
    this.#match(change, this.#pictures, (picture) => t - picture.t);
    if (this.#tones.length > ROUND) this.#tones.shift();
  }

  /** Both sides hold one round at most: there is one change to each tone among them. */
  #match({ tone, t }: Change, others: Change[], delay: (other: Change) => number): void {
    const other = others.findLast((each) => each.tone === tone);
    const stepMs = this.#stepMs.values.at(-1);
    if (!other || (stepMs !== undefined && Math.abs(delay(other)) > (stepMs * ROUND) / 2)) return;
    this.#syncs.add({ t, ms: delay(other) });
  }
}
