import { expect, test } from 'vitest';
import type { Peer, SentRate } from '../../harness/peer/peer.ts';
import { capFacts, meanRateBps, yieldFacts, yieldMs } from '../../harness/scenario/rate-facts.ts';

const PEER = { role: 'caller' } as Partial<Peer> as Peer;
/** One interval a second, from 1000 ms on. */
const rates = (...all: number[]): SentRate[] =>
  all.map((bps, index) => ({ startMs: 1000 + index * 1000, endMs: 2000 + index * 1000, bps }));
const drop = { fromMs: 2000, toMs: 8000, belowBps: 300 };

test.for<[string, SentRate[], number | undefined]>([
  ['it was below from the first interval on', rates(900, 200, 250, 250), 1000],
  ['it took two intervals', rates(900, 900, 400, 250, 250), 2000],
  ['it went over once more', rates(900, 200, 400, 250), 2000],
  ['it never stayed below', rates(900, 200, 200, 400), undefined],
  ['what came after the drop was over does not count', rates(900, 900, 200, 200, 200, 200, 200, 900), 1000],
  ['nothing is known', rates(900), undefined],
])('yieldMs() if %s', ([, given, expected]) => {
  expect(yieldMs(given, drop)).toBe(expected);
});

test('meanRateBps() is over whole intervals within the stretch, and unknown without one', () => {
  expect(meanRateBps(rates(100, 200, 400), 1500, 4000)).toBe(300);
  expect(meanRateBps(rates(100), 1500, 4000)).toBeUndefined();
});

test.for<[number | undefined, boolean | undefined]>([
  [750, true],
  [760, false],
  [undefined, undefined],
])('yieldFacts() of 1000 bit/s before and %s on the narrow line', ([narrowBps, passed]) => {
  expect(yieldFacts(PEER, { beforeBps: 1000, narrowBps })).toMatchObject([{ peer: PEER, passed }]);
});

test.for<[string, (number | undefined)[], (boolean | undefined)[]]>([
  ['it keeps to it and comes back', [1000, 220, 900], [true, true]],
  ['it goes on as before', [1000, 900, 1000], [false, false]],
  ['it does not come back', [1000, 220, 230], [true, false]],
  ['it had no more to send', [300, 200, 300], [undefined, false]],
  ['nothing is known', [undefined, undefined, undefined], [undefined, undefined]],
])('capFacts() of a limit of 200 bit/s if %s', ([, [beforeBps, cappedBps, afterBps], passed]) => {
  const facts = capFacts(PEER, { capBps: 200, beforeBps, cappedBps, afterBps });
  expect(facts.map((fact) => fact.passed)).toEqual(passed);
});
