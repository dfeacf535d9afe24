import { expect, test } from 'vitest';
import { toContentReading } from '../../harness/peer/content-reading.ts';
import type { ReadStream } from '../../harness/peer/protocol.ts';

const STREAM: ReadStream = {
  remote: 'caller',
  frames: 10,
  unreadable: 0,
  wrongStream: 0,
  repeated: 0,
  dropped: 0,
  backwards: 0,
  freezes: 0,
  longestFreezeMs: 0,
  latencies: [{ t: 1000, ms: 50 }],
  stepsSeen: 1,
  stepsHeard: 1,
  syncs: [{ t: 1200, ms: 7 }],
};

test("toContentReading() takes the offset of the two clocks out of latencies, and times to the harness's", () => {
  const receiver = { offsetMs: 100, uncertaintyMs: 1 };
  const sender = { offsetMs: 80, uncertaintyMs: 2 };
  expect(toContentReading(STREAM, { receiver, sender })).toMatchObject({
    from: 'caller',
    latencies: [{ t: 900, ms: 30 }],
    latencyUncertaintyMs: 3,
    syncs: [{ t: 1100, ms: 7 }],
  });
});

test('toContentReading() has no latencies if the clock of the sender is unknown', () => {
  const reading = toContentReading(STREAM, {
    receiver: { offsetMs: 0, uncertaintyMs: 1 },
    sender: undefined,
  });
  expect(reading.latencies).toEqual([]);
  expect(reading.syncs).toHaveLength(1);
});

test('toContentReading() is right also where the 24 bits of the time have turned over, or the clocks are days apart', () => {
  const turned = { ...STREAM, latencies: [{ t: 0, ms: 40 - 2 ** 24 }] };
  const clock = { offsetMs: 0, uncertaintyMs: 0 };
  expect(toContentReading(turned, { receiver: clock, sender: clock }).latencies).toEqual([{ t: 0, ms: 40 }]);
  const days = { offsetMs: 3 * 2 ** 24, uncertaintyMs: 0 };
  const [latency] = toContentReading(STREAM, { receiver: days, sender: clock }).latencies;
  expect(latency!.ms).toBe(50);
});
