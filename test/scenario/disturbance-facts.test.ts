import { expect, test } from 'vitest';
import type { FrameGap, FrameGaps, Peer } from '../../harness/peer/peer.ts';
import {
  addressFacts,
  failureFacts,
  failureOf,
  gapFacts,
  longestGapMs,
  outageFacts,
  refusalFacts,
  silenceFacts,
  signalingFact,
  SIGNALING_LOST,
} from '../../harness/scenario/disturbance-facts.ts';
import { NO_EVIDENCE } from '../helpers/fake-agent.ts';

const PEER = { role: 'callee' } as Partial<Peer> as Peer;
const gap = (lengthMs: number, open = false): FrameGap => ({ startMs: 0, endMs: lengthMs, lengthMs, open });
const gaps = (...found: FrameGap[]): FrameGaps => ({
  gaps: found,
  lastFrameMs: 5,
  videos: 1,
  uncertaintyMs: 1,
});

test.for<[string, FrameGaps, boolean | undefined, string]>([
  ['no gap', gaps(), true, 'no gap'],
  ['gaps that ended', gaps(gap(700), gap(3100.4)), true, 'back after 3100 ms'],
  ['a gap that is open', gaps(gap(700), gap(9000, true)), false, 'none for 9000 ms'],
  ['a gap that is open since a moment', gaps(gap(700), gap(90, true)), true, 'back after 700 ms'],
  ['no frame at all', { ...gaps(), lastFrameMs: undefined }, false, 'no frame'],
  ['no video', { ...gaps(), videos: 0 }, undefined, 'no video arrives'],
])('gapFacts() of %s', ([, given, passed, actual]) => {
  expect(gapFacts(PEER, given)).toMatchObject([{ peer: PEER, passed, actual, phase: 'rtp' }]);
});

test.for<[string, FrameGap | undefined, boolean]>([
  ['the gap is the outage and some more', { startMs: 950, endMs: 4600, lengthMs: 3650, open: false }, true],
  ['it began long before', { startMs: 100, endMs: 4600, lengthMs: 4500, open: false }, false],
  ['it ended long before', { startMs: 950, endMs: 2600, lengthMs: 1650, open: false }, false],
  ['there was none', undefined, false],
])('outageFacts() if %s', ([, longest, passed]) => {
  const given = gaps(gap(120), ...(longest ? [longest] : []));
  const outage = { startMs: 1000, endMs: 4000 };
  expect(outageFacts(PEER, given, outage)).toMatchObject([{ peer: PEER, passed }]);
  expect(outageFacts(PEER, { ...given, videos: 0 }, outage)).toMatchObject([{ passed: undefined }]);
});

test('longestGapMs() is 0 without a gap, and unknown without video', () => {
  expect(longestGapMs(gaps(gap(700), gap(300)))).toBe(700);
  expect(longestGapMs(gaps())).toBe(0);
  expect(longestGapMs({ ...gaps(), videos: 0 })).toBeUndefined();
});

test('failureFacts() pass if it fails and the reason is named', async () => {
  const failure = await failureOf(() => Promise.reject(new Error('turn:a: 401 Unauthorized')));
  expect(failure.afterMs).toBeGreaterThanOrEqual(0);
  expect(failureFacts(failure, { naming: ['401', 'turn:'] }).map(({ passed }) => passed)).toEqual([
    true,
    true,
  ]);
  expect(failureFacts(failure, { naming: ['403'] }).map(({ passed }) => passed)).toEqual([true, false]);
});

test('failureFacts() fail if it works', async () => {
  const failure = await failureOf(() => Promise.resolve());
  expect(failureFacts(failure, { naming: ['401'] }).map(({ passed }) => passed)).toEqual([false, undefined]);
});

test.for<[string | undefined, boolean | undefined]>([
  ['[2001:db8::1]:5', true],
  ['192.0.2.1:5', false],
  ['unknown', undefined],
  [undefined, undefined],
])('addressFacts() of %s', async ([local, passed]) => {
  const types = { localType: 'host', remoteType: 'host', protocol: 'udp', remote: 'unknown' };
  const evidence = { ...NO_EVIDENCE, ...(local !== undefined && { selectedPair: { ...types, local } }) };
  const peer = { role: 'caller', evidence: () => Promise.resolve(evidence) } as Partial<Peer> as Peer;
  expect(await addressFacts(peer, 'ipv6')).toMatchObject([{ passed }]);
});

test.for<['gone' | 'back', string | undefined, boolean | undefined]>([
  ['gone', 'reconnecting', true],
  ['gone', 'open', false],
  ['gone', undefined, undefined],
  ['back', 'open', true],
  ['back', 'closed', false],
])('signalingFact() %s of %s', ([expected, signaling, passed]) => {
  const peer = { role: 'caller', signaling } as Partial<Peer> as Peer;
  expect(signalingFact(peer, expected)).toMatchObject({ peer, passed, phase: 'signaling' });
});

test.for([
  "WebSocket connection to 'ws://localhost:1/signaling' failed: Error in connection establishment",
  'Firefox can’t establish a connection to the server at ws://localhost:1/signaling.',
  'The connection to ws://localhost:1/signaling was interrupted while the page was loading.',
])('SIGNALING_LOST knows: %s', (text) => {
  expect(SIGNALING_LOST.some((known) => known.test(text))).toBe(true);
});

test.for<[string, string[] | undefined, (boolean | undefined)[]]>([
  ['the reason given', ['the credentials have expired'], [true]],
  ['another reason', ['the credentials have expired', 'wrong credentials'], [false]],
  ['nothing', [], [false]],
  ["a server that is the user's", undefined, []],
])('refusalFacts() of %s', async ([, reasons, expected]) => {
  const turn = { refusals: async () => reasons?.map((reason) => ({ t: 0, code: 401, reason })) };
  const facts = await refusalFacts([PEER], turn, 'expired');
  expect(facts.map(({ passed }) => passed)).toEqual(expected);
});

test.for<[string, FrameGaps, boolean | undefined, string]>([
  ['a gap that is open', gaps(gap(700), gap(2000, true)), true, 'none for 2000 ms'],
  ['one that is open, but short', gaps(gap(2000), gap(600, true)), false, 'it plays on'],
  ['no gap', gaps(), false, 'it plays on'],
  ['no video', { ...gaps(), videos: 0 }, undefined, 'no video arrives'],
])('silenceFacts() of %s', ([, given, passed, actual]) => {
  expect(silenceFacts(PEER, given)).toMatchObject([{ peer: PEER, passed, actual, phase: 'rtp' }]);
});
