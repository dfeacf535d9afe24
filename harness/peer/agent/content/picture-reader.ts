import { now } from '../clock.ts';
import { COLUMNS, readPattern, ROWS } from './pattern.ts';
import { FrameLedger } from './frame-ledger.ts';
import type { ReadFrames } from '../../protocol.ts';

/** Pixels a cell is scaled down to: the browser does most of the averaging. */
const CELL = 8;

/** Reads every frame that a `<video>` presents, until it plays no more. */
export class PictureReader {
  #ledger: FrameLedger;
  #endMs: number | undefined;

  constructor(video: HTMLVideoElement, ledger: FrameLedger) {
    this.#ledger = ledger;
    const canvas = new OffscreenCanvas(COLUMNS * CELL, ROWS * CELL);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (!context) throw new Error('this browser cannot read a canvas');
    const onFrame = (at: number) => {
      context.drawImage(video, 0, 0, canvas.width, canvas.height);
      const pixels = context.getImageData(0, 0, canvas.width, canvas.height);
      this.#ledger.add(performance.timeOrigin + at, readPattern(pixels));
      if (this.#endMs === undefined) video.requestVideoFrameCallback(onFrame);
    };
    video.requestVideoFrameCallback?.(onFrame);
    // After it nothing is presented, which would look like a freeze.
    video.addEventListener('emptied', () => (this.#endMs ??= now()));
  }

  read(): ReadFrames {
    return this.#ledger.read(this.#endMs ?? now());
  }
}
