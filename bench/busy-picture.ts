import { open } from 'node:fs/promises';
import { createRandom } from '../harness/random.ts';

const WIDTH = 640;
const HEIGHT = 360;
const FRAME_RATE = 20;
const FRAMES = 40;
/** Pixels of a block that has one brightness. */
const BLOCK = 20;
/** Share of the blocks that change from frame to frame: about 1.6 Mbit/s of VP8, where Chromium takes at most 1.7. */
const CHANGING = 0.3;

/**
 * Writes a picture that is dear to code, for `--source file:PATH`: two seconds of blocks, of which many change in each frame.
 *
 * @see https://wiki.multimedia.cx/index.php/YUV4MPEG2
 */
export async function writeBusyPicture(path: string): Promise<void> {
  const random = createRandom(1);
  const [columns, rows] = [WIDTH / BLOCK, HEIGHT / BLOCK];
  const blocks = Array.from({ length: columns * rows }, () => brightness(random));
  // Without colour.
  const chroma = Buffer.alloc((WIDTH * HEIGHT) / 2, 128);
  await using file = await open(path, 'w');
  await file.write(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F${FRAME_RATE}:1 Ip A1:1 C420jpeg\n`);
  for (let frame = 0; frame < FRAMES; frame++) {
    for (let index = 0; index < blocks.length; index++)
      if (random() < CHANGING) blocks[index] = brightness(random);
    const luma = Buffer.alloc(WIDTH * HEIGHT);
    for (let y = 0; y < HEIGHT; y++)
      for (let column = 0; column < columns; column++) {
        const at = y * WIDTH + column * BLOCK;
        luma.fill(blocks[Math.floor(y / BLOCK) * columns + column]!, at, at + BLOCK);
      }
    await file.write('FRAME\n');
    await file.write(luma);
    await file.write(chroma);
  }
}

function brightness(random: () => number): number {
  return Math.floor(32 + 192 * random());
}
