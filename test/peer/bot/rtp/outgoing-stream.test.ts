import { expect, test } from 'vitest';
import { OutgoingStream } from '../../../../harness/peer/bot/rtp/outgoing-stream.ts';
import type { PacketisedMedia } from '../../../../harness/peer/bot/rtp/packetise.ts';
import { middleNtp } from '../../../../harness/peer/bot/rtp/rtcp.ts';
import { parseRtp } from '../../../../harness/peer/bot/rtp/rtp-packet.ts';

/** 20 frames a second, the first of every four is whole; a frame's payload says which it is. */
const MEDIA: PacketisedMedia = {
  mimeType: 'video/VP8',
  clockRate: 90_000,
  rate: 20,
  width: 640,
  height: 360,
  frames: Array.from({ length: 8 }, (_, index) => ({
    isKey: index % 4 === 0,
    payloads: Array.from({ length: 3 }, () => [Buffer.of(0x10), Buffer.of(index)]),
  })),
};

function start() {
  const sent: Buffer[] = [];
  const stream = new OutgoingStream({
    media: MEDIA,
    ssrc: 5,
    payloadType: 96,
    random: () => 0,
    nowMs: 0,
    send: (packet) => sent.push(packet),
  });
  return {
    stream,
    sent,
    /** Every 5 ms until then. */
    run: (fromMs: number, toMs: number) => {
      for (let now = fromMs; now < toMs; now += 5) stream.turn(now);
      return sent.splice(0);
    },
  };
}

const frameOf = (packet: Buffer) => packet.at(-1);

test('OutgoingStream sends frames when they are due, with the time they were due', () => {
  const { run, stream } = start();
  const packets = run(0, 1000);
  expect(packets).toHaveLength(60);
  const headers = packets.map((packet) => parseRtp(packet)!);
  expect(headers.map(({ sequence }) => sequence)).toEqual(packets.map((_, index) => index));
  expect(new Set(headers.map(({ timestamp }) => timestamp)).size).toBe(20);
  expect(headers[3]!.timestamp - headers[0]!.timestamp).toBe(4500);
  expect(headers.filter(({ marker }) => marker)).toHaveLength(20);
  expect(stream).toMatchObject({ framesSent: 20, packetsSent: 60, payloadBytesSent: 120 });
});

test('OutgoingStream spreads the packets of a frame', () => {
  const { stream, sent } = start();
  stream.turn(0);
  expect(sent).toHaveLength(1);
  stream.turn(5);
  expect(sent).toHaveLength(2);
});

test('OutgoingStream sends a whole picture next if one is asked for, and none twice in a row', () => {
  const { run, stream } = start();
  run(0, 400);
  stream.onKeyFrameWanted('pli');
  // Frames 0 to 7 are out; the next is whole anyway. A moment later one is asked for in the middle.
  const after = run(400, 1000).map(frameOf);
  expect(after[0]).toBe(0);
  stream.onKeyFrameWanted('pli');
  const next = run(1000, 1050).map(frameOf);
  expect([0, 4]).toContain(next[0]);
  expect(stream.plis).toBe(2);
});

test('OutgoingStream goes on with a whole picture of now if it was stopped for long', () => {
  const { run, stream } = start();
  const before = run(0, 100).map((packet) => parseRtp(packet)!.timestamp);
  stream.turn(5000);
  const after = run(5005, 5050);
  expect([0, 4]).toContain(frameOf(after[0]!));
  expect(stream.framesSent).toBeLessThan(5);
  expect(parseRtp(after[0]!)!.timestamp - before[0]!).toBe(90_000 * 5);
});

test('OutgoingStream sends again what a NACK asks for, as long as it has it', () => {
  const { run, stream, sent } = start();
  const packets = run(0, 1000);
  stream.onNack([10, 9999]);
  expect(sent).toEqual([packets[10]]);
  expect(stream).toMatchObject({ nacks: 1, retransmittedPackets: 1, packetsSent: 61 });
});

test('OutgoingStream tells the round trip from a report, and none if the other side has seen no report', () => {
  const { stream } = start();
  const now = Date.UTC(2030, 0, 1);
  const block = { ssrc: 5, fractionLost: 0, lost: 0, highestSequence: 0, jitter: 0 };
  stream.onReport({ ...block, lastReport: 0, delaySinceLastReport: 0 }, now);
  expect(stream.remote?.roundTripTime).toBeUndefined();
  const held = { lastReport: middleNtp(now - 150), delaySinceLastReport: 0.1 * 65_536 };
  stream.onReport({ ...block, ...held }, now);
  expect(stream.remote?.roundTripTime).toBeCloseTo(0.05, 3);
});
