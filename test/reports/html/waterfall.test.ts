import { describe, expect, test } from 'vitest';
import type { CallRecord } from '../../../harness/call-record.ts';
import { axisTicks, layOutWaterfall } from '../../../reports/html/waterfall.ts';
import { buildRun } from '../../fixtures/reports/run.ts';

const recordOf = (id: string): CallRecord => {
  const detail = buildRun().calls.find(({ record }) => record.id === id);
  if (!detail) throw new Error(`the fixture has no call ${id}`);
  return detail.record;
};

const rowOf = (record: CallRecord, role: string, name: string) =>
  layOutWaterfall(record)
    ?.peers.find((peer) => peer.role === role)
    ?.rows.find((row) => row.name === name);

describe('layOutWaterfall()', () => {
  test('begins with the first mark and puts both clocks on one axis', () => {
    const record = recordOf('004-chrome-firefox');
    expect(rowOf(record, 'callee', 'getUserMedia')?.fromMs).toBeCloseTo(0, 2);
    expect(rowOf(record, 'caller', 'getUserMedia')?.fromMs).toBeCloseTo(44, 2);
  });

  test('says that DTLS began and never ended if it did not connect', () => {
    const row = rowOf(recordOf('007-firefox-chrome'), 'caller', 'DTLS');
    expect(row?.fromMs).toBeGreaterThan(0);
    expect(row?.toMs).toBeUndefined();
  });

  test('leaves a line without times if it never began', () => {
    expect(rowOf(recordOf('010-chrome-opera'), 'caller', 'ICE')).toEqual({ name: 'ICE', kind: 'stretch' });
  });

  test('says how much earlier the first RTP may have come', () => {
    expect(rowOf(recordOf('001-chrome-chrome'), 'callee', 'First RTP')?.earlierMs).toBe(25);
  });

  test('draws a peer from its own first mark if its clock was never compared', () => {
    const record = recordOf('001-chrome-chrome');
    const { callee } = record.peers;
    if (!callee) throw new Error('the fixture has a callee');
    const { clock: _clock, ...uncompared } = callee;
    const marks = Object.fromEntries(Object.entries(callee.marks).map(([name, t]) => [name, t + 3_600_000]));
    const shifted = { ...record, peers: { ...record.peers, callee: { ...uncompared, marks } } };
    const waterfall = layOutWaterfall(shifted);
    expect(waterfall?.lengthMs).toBeLessThan(1000);
    expect(waterfall?.peers[1]?.clockUncertaintyMs).toBeUndefined();
  });

  test('is undefined if no peer has a mark', () => {
    const record = recordOf('001-chrome-chrome');
    const peers = Object.fromEntries(
      Object.entries(record.peers).map(([role, peer]) => [role, { ...peer, marks: {} }]),
    );
    expect(layOutWaterfall({ ...record, peers })).toBeUndefined();
  });
});

test.for([
  [400, [0, 100, 200, 300, 400]],
  [37, [0, 10, 20, 30]],
  [15_000, [0, 5000, 10_000, 15_000]],
] as const)('axisTicks() marks an axis of %d ms at round times', ([length, ticks]) => {
  expect(axisTicks(length)).toEqual(ticks);
});
