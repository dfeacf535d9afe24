import { expect, test } from 'vitest';
import { IncomingStream } from '../../../../harness/peer/bot/rtp/incoming-stream.ts';

const CLOCK = 90_000;

/** Packets of 112 bytes, 10 ms apart: `|` behind one is a marker, a dot is one that never comes. */
function receive(
  stream: IncomingStream,
  packets: readonly { sequence: number; marker?: boolean; lateMs?: number }[],
) {
  packets.forEach(({ sequence, marker = false, lateMs = 0 }, index) => {
    const header = { ssrc: 1, payloadType: 96, sequence, marker, timestamp: index * 900 };
    stream.add({ ...header, headerBytes: 12, paddingBytes: 0 }, 112, 1000 + index * 10 + lateMs);
  });
}

const numbered = (...sequences: number[]) => sequences.map((sequence) => ({ sequence }));

test('IncomingStream counts what came, and what did not', () => {
  const stream = new IncomingStream(1, CLOCK);
  receive(stream, numbered(10, 11, 13, 14));
  expect(stream).toMatchObject({ packets: 4, lost: 1, payloadBytes: 400, headerBytes: 48 });
});

test('IncomingStream takes a packet out of order for late, not for lost', () => {
  const stream = new IncomingStream(1, CLOCK);
  receive(stream, numbered(10, 12, 11, 13));
  expect(stream.lost).toBe(0);
});

test('IncomingStream goes on where the sequence numbers begin anew', () => {
  const stream = new IncomingStream(1, CLOCK);
  receive(stream, numbered(0xfffe, 0xffff, 0, 1, 3));
  expect(stream.lost).toBe(1);
  expect(stream.report().highestSequence).toBe(0x1_0003);
});

test('IncomingStream counts nothing as lost between two senders that follow each other', () => {
  const stream = new IncomingStream(1, CLOCK);
  receive(stream, numbered(10, 11, 13, 30_000, 30_001));
  expect(stream).toMatchObject({ packets: 5, lost: 1 });
});

test('IncomingStream counts the frames that came whole', () => {
  const stream = new IncomingStream(1, CLOCK);
  receive(stream, [
    { sequence: 1 },
    { sequence: 2, marker: true },
    { sequence: 3 },
    { sequence: 5, marker: true },
    { sequence: 6, marker: true },
  ]);
  expect(stream.frames).toBe(2);
});

test('IncomingStream.report() says of each interval what was lost in it', () => {
  const stream = new IncomingStream(1, CLOCK);
  receive(stream, numbered(1, 2, 3, 5));
  expect(stream.report()).toMatchObject({ lost: 1, fractionLost: Math.floor(256 / 5) });
  receive(stream, numbered(6, 7));
  expect(stream.report()).toMatchObject({ lost: 1, fractionLost: 0 });
});

test('IncomingStream has no jitter if packets are as far apart as their timestamps', () => {
  const even = new IncomingStream(1, CLOCK);
  receive(even, numbered(1, 2, 3, 4));
  expect(even.jitter).toBeCloseTo(0, 6);
  const uneven = new IncomingStream(1, CLOCK);
  receive(uneven, [{ sequence: 1 }, { sequence: 2, lateMs: 16 }]);
  // A sixteenth of how far off it was (RFC 3550 §6.4.1).
  expect(uneven.jitter).toBeCloseTo(0.001, 6);
});
