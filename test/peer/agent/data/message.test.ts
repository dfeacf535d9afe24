import { describe, expect, test } from 'vitest';
import {
  binaryMessage,
  fileMessage,
  readMessage,
  textMessage,
} from '../../../../harness/peer/agent/data/message.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text).length;

describe('textMessage()', () => {
  test.for([17, 18, 19, 20, 21, 64, 1000, 1001, 1002, 1003])('is %d bytes as UTF-8', (sizeBytes) => {
    for (const seq of [0, 1, 2, 3, 4095])
      expect(bytesOf(textMessage('data', seq, sizeBytes))).toBe(sizeBytes);
  });

  test('has letters of every length in it', () => {
    for (const letter of ['a', 'é', '€', '😀']) expect(textMessage('data', 0, 100)).toContain(letter);
  });
});

describe('readMessage()', () => {
  test('reads what was written', () => {
    expect(readMessage(textMessage('ping', 7, 64))).toEqual({
      kind: 'ping',
      seq: 7,
      sizeBytes: 64,
      isWhole: true,
    });
    expect(readMessage(binaryMessage('data', 70_000, 16_000).buffer)).toEqual({
      kind: 'data',
      seq: 70_000,
      sizeBytes: 16_000,
      isWhole: true,
    });
    const piece = new Uint8Array([1, 2, 3]);
    expect(readMessage(fileMessage(5, piece).buffer)).toMatchObject({ kind: 'file', seq: 5, piece });
  });

  test('sees that a message was changed, cut or is another one', () => {
    const text = textMessage('data', 3, 200);
    expect(readMessage(text.slice(0, -1))).toMatchObject({ isWhole: false });
    expect(readMessage(text.replace('€', '¢'))).toMatchObject({ isWhole: false });
    const bytes = binaryMessage('data', 3, 200);
    bytes[150]! ^= 1;
    expect(readMessage(bytes.buffer)).toMatchObject({ isWhole: false });
    const other = binaryMessage('data', 4, 200);
    other.set(binaryMessage('data', 3, 200).subarray(17), 17);
    expect(readMessage(other.buffer)).toMatchObject({ isWhole: false });
  });

  test('is undefined of what is none of its own', () => {
    for (const none of ['', 'hello', 'dnonumber', 'x00000001']) expect(readMessage(none)).toBeUndefined();
    expect(readMessage(new ArrayBuffer(0))).toBeUndefined();
    expect(readMessage(new ArrayBuffer(64))).toBeUndefined();
  });
});
