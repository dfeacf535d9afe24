import { expect, test } from 'vitest';
import { packetise, packetiseH264, packetiseVp8 } from '../../../../harness/peer/bot/rtp/packetise.ts';
import { parseIvf, renderIvf } from '../../../../harness/peer/bot/media/ivf.ts';
import { preparedMedia } from '../../../../harness/peer/bot/prepared-media.ts';

const joined = (payloads: readonly (readonly Buffer[])[], skip: number) =>
  Buffer.concat(payloads.map((parts) => Buffer.concat(parts).subarray(skip)));

test('packetiseVp8() cuts a frame into packets, of which the first says that it begins', () => {
  const frame = Buffer.alloc(3000, 7);
  frame[0] = 0;
  const { isKey, payloads } = packetiseVp8(frame);
  expect(isKey).toBe(true);
  expect(payloads.map((parts) => parts[0]![0])).toEqual([0x10, 0, 0]);
  expect(payloads.every((parts) => Buffer.concat(parts).length <= 1200)).toBe(true);
  expect(joined(payloads, 1)).toEqual(frame);
});

test('packetiseH264() sends small units as they are, and large ones in fragments', () => {
  const small = Buffer.of(0x67, 1, 2, 3);
  const large = Buffer.concat([Buffer.of(0x65), Buffer.alloc(2500, 9)]);
  const start = Buffer.of(0, 0, 0, 1);
  const { isKey, payloads } = packetiseH264(Buffer.concat([start, small, start, large]));
  expect(isKey).toBe(true);
  expect(Buffer.concat(payloads[0]!)).toEqual(small);
  const fragments = payloads.slice(1);
  // FU-A of an IDR slice: the first begins it, the last ends it.
  expect(fragments.map((parts) => [parts[0]![0]! & 0x1f, parts[0]![1]])).toEqual([
    [28, 0x85],
    [28, 0x05],
    [28, 0x45],
  ]);
  expect(joined(fragments, 2)).toEqual(large.subarray(1));
});

test('parseIvf() reads what renderIvf() wrote, and refuses what is none or is cut off', () => {
  const media = {
    fourcc: 'VP80',
    width: 640,
    height: 360,
    rate: 20,
    frames: [Buffer.of(1, 2), Buffer.of(3)],
  };
  const file = renderIvf(media);
  expect(parseIvf(file)).toEqual(media);
  expect(() => parseIvf(file.subarray(0, file.length - 1))).toThrow('ends inside frame 1');
  expect(() => parseIvf(Buffer.from('RIFF'))).toThrow('not an IVF file');
  expect(() => packetise({ ...media, fourcc: 'AV01' })).toThrow('AV01 cannot be sent');
});

test.for([
  ['VP8', 20, 2],
  ['H264', 20, 2],
  ['opus', 50, 0],
] as const)(
  'preparedMedia() of %s has a whole picture at least every two seconds',
  ([codec, rate, seconds]) => {
    const media = preparedMedia(codec)!;
    expect(media.rate).toBe(rate);
    const keys = media.frames.flatMap(({ isKey }, index) => (isKey ? [index] : []));
    expect(keys[0]).toBe(0);
    const gaps = keys.map((key, index) => (keys[index + 1] ?? media.frames.length) - key);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(Math.max(1, rate * seconds));
    const bits = media.frames
      .flatMap(({ payloads }) => payloads.flat())
      .reduce((sum, { length }) => sum + length * 8, 0);
    if (codec !== 'opus') expect(bits / (media.frames.length / rate)).toBeGreaterThan(400_000);
  },
);

test('preparedMedia() has none for a codec that nobody encoded', () => {
  expect(preparedMedia('AV1')).toBeUndefined();
});
