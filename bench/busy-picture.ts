import { open } from 'node:fs/promises';
import { createRandom } from '../harness/random.ts';

const WIDTH = 640;
const HEIGHT = 360;
const FRAME_RATE = 20;
const FRAMES = 40;
const BARS = 8;
/** Lines of snow, and how coarse it is: pixels. Chromium spends all it takes for this size on them, 1.6 Mbit/s of VP8. */
const SNOW = { from: 144, lines: 88, grain: 4 };
/** Pixels that a white column moves from frame to frame, and its width. */
const SWEEP = 16;

/**
 * Writes a test card that takes many bits, for `--source file:PATH`: two seconds of grey bars, snow, and a column that
 * moves over them.
 *
 * @see https://wiki.multimedia.cx/index.php/YUV4MPEG2
 */
export async function writeBusyPicture(path: string): Promise<void> {
  const random = createRandom(1);
  // Without colour.
  const chroma = Buffer.alloc((WIDTH * HEIGHT) / 2, 128);
  await using file = await open(path, 'w');
  await file.write(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F${FRAME_RATE}:1 Ip A1:1 C420jpeg\n`);
  for (let frame = 0; frame < FRAMES; frame++) {
    await file.write('FRAME\n');
    await file.write(paint(frame, random));
    await file.write(chroma);
  }
}

/** One byte of brightness for each pixel. */
function paint(frame: number, random: () => number): Buffer {
  const luma = Buffer.alloc(WIDTH * HEIGHT);
  const line = Buffer.from(Array.from({ length: WIDTH }, (_, x) => 40 + 24 * Math.floor((x * BARS) / WIDTH)));
  for (let y = 0; y < HEIGHT; y++) line.copy(luma, y * WIDTH);
  const { from, lines, grain } = SNOW;
  for (let y = from; y < from + lines; y++) {
    const isNew = (y - from) % grain === 0;
    for (let x = 0; x < WIDTH; x += grain) {
      const at = y * WIDTH + x;
      luma.fill(isNew ? 16 + Math.floor(220 * random()) : luma[at - WIDTH]!, at, at + grain);
    }
  }
  const left = (frame * SWEEP) % WIDTH;
  for (let y = 0; y < HEIGHT; y++) luma.fill(235, y * WIDTH + left, y * WIDTH + left + SWEEP);
  return luma;
}
