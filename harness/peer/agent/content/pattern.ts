import { crc32 } from './checksum.ts';

/** What one picture of the test pattern says. */
export interface PatternMessage {
  /** Counts up by one with every picture painted; 23 bits. */
  number: number;
  /** Whether a tone belongs to it. */
  sounds: boolean;
  /** When it was painted: epoch ms in the sender's clock, its lowest 24 bits (4.6 hours). */
  sentMs: number;
  /** Whose picture it is: `streamId()` of the sender's name; 16 bits. */
  stream: number;
}

/** An RGBA picture, as `getImageData()` gives it. */
export interface Pixels {
  data: Uint8ClampedArray;
  width: number;
  height: number;
}

/**
 * The picture is 16 × 9 cells, black or white: 20 pixels wide where a video is scaled down to 320×180. Rows 0 and 8
 * are known beforehand, to tell black from white and a whole picture from a cropped, mirrored or turned one; rows 1 to 6
 * hold the message and its checksum, 96 bits; row 7 is for people.
 */
export const COLUMNS = 16;
export const ROWS = 9;
export const ROW_FOR_PEOPLE = 7;
const FIRST_ROW = 1;

const TIMES = 2 ** 24;
const NUMBERS = 2 ** 23;
/** Least difference between white and black, of 255: below, nothing can be told apart. */
const CONTRAST = 60;
/** How far from the middle between black and white a cell must be, as a share of their difference. */
const CLEAR = 0.1;

/** The cells of a picture, row by row; `true` is white. */
export function encodePattern({ number, sounds, sentMs, stream }: PatternMessage): boolean[] {
  const counted = (number % NUMBERS) + (sounds ? NUMBERS : 0);
  const bytes = [...bytesOf(counted, 3), ...bytesOf(sentMs, 3), ...bytesOf(stream, 2)];
  const bits = [...bytes, ...bytesOf(crc32(bytes), 4)].flatMap(bitsOf);
  const cells = Array.from({ length: COLUMNS * ROWS }, (_, cell) => frame(cell) ?? false);
  for (const [i, bit] of bits.entries()) cells[FIRST_ROW * COLUMNS + i] = bit;
  return cells;
}

/**
 * What a picture says, of any size from 2 pixels a cell.
 *
 * `undefined` if that is not certain: its frame is not where it should be, a cell is neither black nor white, or the
 * checksum is another.
 */
export function readPattern(picture: Pixels): PatternMessage | undefined {
  const lumas = Array.from({ length: COLUMNS * ROWS }, (_, cell) => lumaOf(picture, cell));
  const known = lumas.flatMap((luma, cell) => {
    const isWhite = frame(cell);
    return isWhite === undefined ? [] : [{ luma, isWhite }];
  });
  const white = mean(known.filter(({ isWhite }) => isWhite).map(({ luma }) => luma));
  const black = mean(known.filter(({ isWhite }) => !isWhite).map(({ luma }) => luma));
  if (white - black < CONTRAST) return undefined;
  const toCell = (luma: number) => (luma - (white + black) / 2) / (white - black);
  if (known.some(({ luma, isWhite }) => toCell(luma) > 0 !== isWhite)) return undefined;
  const start = FIRST_ROW * COLUMNS;
  const bits = lumas.slice(start, start + 96).map(toCell);
  return bits.some((cell) => Math.abs(cell) < CLEAR) ? undefined : decode(bits.map((cell) => cell > 0));
}

/** The moment nearest to `nearMs` that has these lowest 24 bits. */
export function wholeTime(sentMs: number, nearMs: number): number {
  const turns = Math.round((nearMs - sentMs) / TIMES);
  return sentMs + turns * TIMES;
}

/** Of two numbers, how many pictures later the second was painted; negative if it was earlier. */
export function numbersBetween(first: number, second: number): number {
  const ahead = (second - first + NUMBERS) % NUMBERS;
  return ahead < NUMBERS / 2 ? ahead : ahead - NUMBERS;
}

function decode(bits: boolean[]): PatternMessage | undefined {
  const bytes = Array.from({ length: 12 }, (_, i) => valueOf(bits.slice(i * 8, i * 8 + 8)));
  const [counted = 0, sentMs = 0, stream = 0, checksum] = [
    [0, 3],
    [3, 6],
    [6, 8],
    [8, 12],
  ].map(([from, to]) => bytes.slice(from, to).reduce((value, byte) => value * 256 + byte, 0));
  if (checksum !== crc32(bytes.slice(0, 8))) return undefined;
  return { number: counted % NUMBERS, sounds: counted >= NUMBERS, sentMs, stream };
}

/** What a cell is in every picture: three corners white and one black, between them black and white in turn. */
function frame(cell: number): boolean | undefined {
  const row = Math.floor(cell / COLUMNS);
  const column = cell % COLUMNS;
  if (row !== 0 && row !== ROWS - 1) return undefined;
  if (column === 0 || column === COLUMNS - 1) return row === 0 || column === 0;
  return column % 2 === (row === 0 ? 0 : 1);
}

/** Of the middle of a cell, as its edges are blurred. */
function lumaOf({ data, width, height }: Pixels, cell: number): number {
  const [left, right] = middle(cell % COLUMNS, width / COLUMNS);
  const [top, bottom] = middle(Math.floor(cell / COLUMNS), height / ROWS);
  let sum = 0;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const at = (y * width + x) * 4;
      sum += 0.2126 * data[at]! + 0.7152 * data[at + 1]! + 0.0722 * data[at + 2]!;
    }
  }
  return sum / ((right - left) * (bottom - top));
}

function middle(index: number, size: number): [from: number, to: number] {
  const from = Math.floor((index + 0.3) * size);
  return [from, Math.max(from + 1, Math.floor((index + 0.7) * size))];
}

function bytesOf(value: number, count: number): number[] {
  const whole = Math.floor(value);
  return Array.from({ length: count }, (_, i) => Math.floor(whole / 256 ** (count - 1 - i)) % 256);
}

function bitsOf(byte: number): boolean[] {
  return Array.from({ length: 8 }, (_, bit) => (byte & (0x80 >> bit)) !== 0);
}

function valueOf(bits: boolean[]): number {
  return bits.reduce((value, bit) => value * 2 + (bit ? 1 : 0), 0);
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
