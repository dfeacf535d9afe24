import { describe, expect, test } from 'vitest';
import {
  COLUMNS,
  encodePattern,
  numbersBetween,
  type Pixels,
  readPattern,
  ROWS,
  wholeTime,
} from '../../../../harness/peer/agent/content/pattern.ts';
import { streamId } from '../../../../harness/peer/agent/content/stream-id.ts';
import { createRandom } from '../../../../harness/random.ts';

const MESSAGE = { number: 123_456, sounds: true, sentMs: 7_654_321, stream: streamId('caller') };

type Luma = (x: number, y: number, white: boolean) => number;

/** A picture of the pattern, its luma changed on the way. */
function picture(width: number, height: number, luma: Luma = (_x, _y, white) => (white ? 235 : 16)): Pixels {
  const cells = encodePattern(MESSAGE);
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const cell = Math.floor((y * ROWS) / height) * COLUMNS + Math.floor((x * COLUMNS) / width);
      data.fill(luma(x, y, cells[cell]!), (y * width + x) * 4, (y * width + x) * 4 + 4);
    }
  }
  return { data, width, height };
}

/** What `from` shows of the picture, in the size of the whole. */
function cropped(
  { data, width, height }: Pixels,
  from: { x: number; y: number; width: number; height: number },
): Pixels {
  const out = new Uint8ClampedArray(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const fromX = Math.floor(from.x + (x * from.width) / width);
      const fromY = Math.floor(from.y + (y * from.height) / height);
      const at = (fromY * width + fromX) * 4;
      out.set(data.subarray(at, at + 4), (y * width + x) * 4);
    }
  }
  return { data: out, width, height };
}

function turned({ data, width, height }: Pixels, at: (x: number, y: number) => [number, number]): Pixels {
  const out = new Uint8ClampedArray(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [fromX, fromY] = at(x, y);
      const pixel = (fromY * width + fromX) * 4;
      out.set(data.subarray(pixel, pixel + 4), (y * width + x) * 4);
    }
  }
  return { data: out, width, height };
}

const noise = (amplitude: number): Luma => {
  const random = createRandom(7);
  return (_x, _y, white) => (white ? 235 : 16) + (random() - 0.5) * 2 * amplitude;
};

test.for([
  [1280, 720],
  [640, 360],
  [320, 180],
  [427, 240],
  [64, 36],
  [32, 18],
] as const)('readPattern() reads what encodePattern() wrote in %i × %i', ([width, height]) => {
  expect(readPattern(picture(width, height))).toEqual(MESSAGE);
});

test('readPattern() reads a picture with noise, low contrast or another range', () => {
  expect(readPattern(picture(320, 180, noise(120)))).toEqual(MESSAGE);
  expect(readPattern(picture(320, 180, (_x, _y, white) => (white ? 160 : 80)))).toEqual(MESSAGE);
  expect(readPattern(picture(320, 180, (_x, _y, white) => (white ? 255 : 90)))).toEqual(MESSAGE);
});

describe('readPattern() reads nothing', () => {
  test.for([
    ['of a black picture', picture(320, 180, () => 0)],
    ['of a white one', picture(320, 180, () => 255)],
    ['of noise', picture(320, 180, (x, y) => (Math.imul(x * 31 + y * 17 + 1, 2654435761) >>> 24) & 255)],
    ['of too little contrast', picture(320, 180, (_x, _y, white) => (white ? 150 : 110))],
    ['of a cropped picture', cropped(picture(320, 180), { x: 40, y: 0, width: 240, height: 180 })],
    ['of one part of it', cropped(picture(320, 180), { x: 0, y: 0, width: 160, height: 90 })],
    ['of one that is moved by a cell', cropped(picture(320, 180), { x: 20, y: 0, width: 300, height: 180 })],
    ['of a mirrored one', turned(picture(320, 180), (x, y) => [319 - x, y])],
    ['of one that stands on its head', turned(picture(320, 180), (x, y) => [319 - x, 179 - y])],
    [
      'if a bit is another',
      picture(320, 180, (x, y, white) => (white !== (x < 20 && y >= 40 && y < 60) ? 235 : 16)),
    ],
    [
      'if a cell is gray',
      picture(320, 180, (x, y, white) => (x < 20 && y >= 40 && y < 60 ? 126 : white ? 235 : 16)),
    ],
  ] as const)('%s', ([, pixels]) => {
    expect(readPattern(pixels)).toBeUndefined();
  });
});

test('readPattern() never reads another number, however much noise there is', () => {
  const random = createRandom(11);
  let read = 0;
  for (let round = 0; round < 300; round++) {
    const flips = 1 + Math.floor(random() * 40);
    const flipped = new Set(Array.from({ length: flips }, () => Math.floor(random() * COLUMNS * ROWS)));
    const found = readPattern(
      picture(64, 36, (x, y, white) => {
        const cell = Math.floor(y / 4) * COLUMNS + Math.floor(x / 4);
        return white !== flipped.has(cell) ? 235 : 16;
      }),
    );
    if (found) read++;
    if (found) expect(found).toEqual(MESSAGE);
  }
  expect(read, 'the row for people is not part of the message').toBeLessThan(100);
});

test('wholeTime() is the moment nearest to another that has these 24 bits', () => {
  const nowMs = 1_780_000_000_000.5;
  for (const ago of [0, 40, 5_000, -300, 2 ** 22]) {
    const sentMs = (Math.floor(nowMs - ago) % 2 ** 24) + 0;
    expect(wholeTime(sentMs, nowMs)).toBe(Math.floor(nowMs - ago));
  }
});

test('numbersBetween() counts on where the numbers begin anew', () => {
  expect(numbersBetween(5, 8)).toBe(3);
  expect(numbersBetween(8, 5)).toBe(-3);
  expect(numbersBetween(2 ** 23 - 1, 1)).toBe(2);
});

test('streamId() tells the roles of a call apart', () => {
  const roles = ['caller', 'callee', 'publisher', 'subscriber', 'a', 'b', 'c', 'd', 'e', 'f'];
  expect(new Set(roles.map(streamId)).size).toBe(roles.length);
});
