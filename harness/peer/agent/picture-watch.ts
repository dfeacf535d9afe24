import type { MediaObservation } from '../peer.ts';

/** Mean difference per channel, of 255, from which two pictures count as different; a still one's stay below 0.2. */
const CHANGED = 0.4;
/** Only the newest looks say whether the picture moves now; more need not be kept however long a call lasts. */
const KEPT = 40;

/** What there is to say of one video's pictures. */
export type WatchedPictures = Pick<
  MediaObservation,
  'frames' | 'changes' | 'lateLooks' | 'lateChanges' | 'maxLuma' | 'maxDeviation'
>;

/**
 * Compares the pictures of one video, RGBA and of one size, each with the last one that was new.
 *
 * With that, and not with the one before: Firefox's fake camera fades by no more than 0.1 a frame after its first 40
 * frames, whose colours all lie outside RGB; such steps add up, while a still picture stays where it is. The later half
 * counts by itself, as neither kind of source shows its nature at once: encoders refine a still picture for about a
 * second (differences up to 4).
 */
export class PictureWatch {
  #lastNew: Uint8ClampedArray | undefined;
  #newest: boolean[] = [];
  #frames = 0;
  #changes = 0;
  #maxLuma = 0;
  #maxDeviation = 0;

  add(picture: Uint8ClampedArray): void {
    this.#frames++;
    const { max, deviation } = luma(picture);
    this.#maxLuma = Math.max(this.#maxLuma, max);
    this.#maxDeviation = Math.max(this.#maxDeviation, deviation);
    const isNew = !this.#lastNew || difference(this.#lastNew, picture) >= CHANGED;
    if (this.#lastNew) this.#compared(isNew);
    if (isNew) this.#lastNew = picture;
  }

  get watched(): WatchedPictures {
    const late = this.#newest.slice(Math.floor(this.#newest.length / 2));
    return {
      frames: this.#frames,
      changes: this.#changes,
      lateLooks: late.length,
      lateChanges: late.filter(Boolean).length,
      maxLuma: this.#maxLuma,
      maxDeviation: this.#maxDeviation,
    };
  }

  #compared(isChange: boolean): void {
    if (isChange) this.#changes++;
    this.#newest.push(isChange);
    if (this.#newest.length > KEPT) this.#newest.shift();
  }
}

/** ITU-R BT.709 luma of a picture: its brightest pixel and its standard deviation. */
export function luma(picture: Uint8ClampedArray): { max: number; deviation: number } {
  let max = 0;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < picture.length; i += 4) {
    const y = 0.2126 * picture[i]! + 0.7152 * picture[i + 1]! + 0.0722 * picture[i + 2]!;
    max = Math.max(max, y);
    sum += y;
    squares += y * y;
  }
  const count = picture.length / 4;
  return { max, deviation: Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2)) };
}

function difference(a: Uint8ClampedArray, b: Uint8ClampedArray): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) if (i % 4 !== 3) sum += Math.abs(a[i]! - b[i]!);
  return sum / ((a.length / 4) * 3);
}
