import { expect, test } from 'vitest';
import {
  buildPli,
  buildReceiverReport,
  buildRemb,
  buildSenderReport,
  middleNtp,
  parseRtcp,
  type ReportBlock,
} from '../../../../harness/peer/bot/rtp/rtcp.ts';

const BLOCK: ReportBlock = {
  ssrc: 0xfeed,
  fractionLost: 64,
  lost: -3,
  highestSequence: 70_000,
  jitter: 120,
  lastReport: 0x1234_5678,
  delaySinceLastReport: 65_536,
};

test('parseRtcp() reads what buildSenderReport() wrote, and the description behind it is no matter', () => {
  const epochMs = Date.UTC(2030, 0, 2, 3, 4, 5, 250);
  const report = { ssrc: 7, epochMs, timestamp: 90_000, packets: 10, bytes: 9000, cname: 'bot' };
  expect(parseRtcp(buildSenderReport({ ...report, blocks: [BLOCK] }))).toEqual([
    { type: 'sender-report', ssrc: 7, ntp: middleNtp(epochMs), packets: 10, bytes: 9000 },
    { type: 'report', block: BLOCK },
  ]);
});

test('parseRtcp() reads every packet of a compound', () => {
  const compound = Buffer.concat([
    buildReceiverReport({ ssrc: 1, cname: 'a bot', blocks: [BLOCK] }),
    buildPli({ ssrc: 1, media: 2 }),
  ]);
  expect(parseRtcp(compound)).toEqual([
    { type: 'report', block: BLOCK },
    { type: 'pli', ssrc: 2 },
  ]);
});

test('parseRtcp() spells out the packets that a NACK asks for, across the end of the numbers', () => {
  const nack = Buffer.from('81cd000300000001000000020000fffe', 'hex');
  nack.writeUInt16BE(0xfffe, 12);
  nack.writeUInt16BE(0b101, 14);
  expect(parseRtcp(nack)).toEqual([{ type: 'nack', ssrc: 2, sequences: [0xfffe, 0xffff, 1] }]);
});

test('parseRtcp() finds nothing in what is cut off or is something else', () => {
  const whole = buildReceiverReport({ ssrc: 1, cname: 'bot', blocks: [BLOCK] });
  expect(parseRtcp(whole.subarray(0, 20))).toEqual([]);
  expect(parseRtcp(Buffer.alloc(0))).toEqual([]);
  expect(parseRtcp(buildRemb({ ssrc: 1, media: 2, bps: 8e6 }))).toEqual([]);
});

test('middleNtp() counts in 65536ths of a second, and wraps as reports do', () => {
  const epochMs = Date.UTC(2030, 0, 1);
  expect((middleNtp(epochMs + 1500) - middleNtp(epochMs)) >>> 0).toBe(1.5 * 65_536);
  expect((middleNtp(epochMs + 65_536_000) - middleNtp(epochMs)) >>> 0).toBe(0);
});
