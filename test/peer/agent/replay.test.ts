import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { RECORDED_FRAMES } from '../../../harness/media/recorded-frames.ts';
import { cutFrame, padFrame } from '../../../harness/peer/agent/replay.ts';
import { parseIvf } from '../../../harness/peer/bot/media/ivf.ts';

const FRAME = Uint8Array.of(0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a);

describe('padFrame()', () => {
  test('makes a frame as large as wanted, which begins as it did', () => {
    const padded = padFrame(FRAME, 3000);
    expect(padded).toHaveLength(3000);
    expect(padded?.subarray(0, FRAME.length)).toEqual(FRAME);
  });

  test('only adds the trailer if the frame is as large already', () => {
    expect(padFrame(FRAME, 6)).toHaveLength(14);
    expect(padFrame(FRAME, 13)).toHaveLength(14);
  });

  test('leaves an empty frame empty', () => {
    expect(padFrame(new Uint8Array(), 3000)).toBeUndefined();
  });
});

describe('cutFrame()', () => {
  test('gives back what was padded, in a buffer of its own', () => {
    for (const wanted of [0, 13, 14, 15, 3000]) {
      const cut = cutFrame(padFrame(FRAME, wanted)!);
      expect(cut).toEqual(FRAME);
      expect(cut?.buffer.byteLength).toBe(FRAME.length);
    }
  });

  test('reads a frame that lies in a larger buffer', () => {
    const around = new Uint8Array(200);
    around.set(padFrame(FRAME, 100)!, 50);
    expect(cutFrame(around.subarray(50, 150))).toEqual(FRAME);
  });

  test('leaves alone what nobody padded', () => {
    expect(cutFrame(new Uint8Array())).toBeUndefined();
    expect(cutFrame(FRAME)).toBeUndefined();
    expect(cutFrame(new Uint8Array(3000).fill(0xff))).toBeUndefined();
  });

  test('leaves alone a trailer that names more than there is', () => {
    const padded = padFrame(FRAME, 100)!;
    new DataView(padded.buffer).setUint32(92, 93);
    expect(cutFrame(padded)).toBeUndefined();
  });
});

describe('RECORDED_FRAMES', () => {
  test('are the sizes of the recording that bots send', () => {
    const file = new URL('../../../harness/peer/bot/media/camera-vp8.ivf', import.meta.url);
    const { frames, rate } = parseIvf(readFileSync(file));
    // VP8: the first bit is 0 of a key frame (RFC 6386 §9.1).
    const sizes = (bit: number) =>
      frames.filter((frame) => (frame[0]! & 1) === bit).map(({ length }) => length);
    expect(RECORDED_FRAMES).toEqual({ frameRate: rate, key: sizes(0), delta: sizes(1) });
  });
});
