import { expect, test } from 'vitest';
import type { MediaObservation, Peer } from '../../harness/index.ts';
import { mutedFacts, quieterFact, stoppedFacts } from '../../harness/scenario/absence-facts.ts';
import { HEALTHY } from '../helpers/fake-agent.ts';

const peer = { role: 'callee' } as Peer;
const MUTED: MediaObservation = { ...HEALTHY, maxLuma: 16, audioEnergy: 0 };

test('mutedFacts() pass if what arrives is black and silent', () => {
  expect(mutedFacts(peer, MUTED, HEALTHY).map(({ passed }) => passed)).toEqual([true, true]);
});

test.for<[string, Partial<MediaObservation>, (boolean | undefined)[]]>([
  ['a picture is seen', { maxLuma: 40 }, [false, true]],
  ['sound is heard', { audioEnergy: HEALTHY.audioEnergy! / 50 }, [true, false]],
  ['there was but one look', { frames: 1 }, [undefined, true]],
  ['no energy is reported', { audioEnergy: undefined }, [true, undefined]],
])('mutedFacts() tell if %s', ([, seen, expected]) => {
  expect(mutedFacts(peer, { ...MUTED, ...seen }, HEALTHY).map(({ passed }) => passed)).toEqual(expected);
});

test('quieterFact() fails if the other stretch is silent as well', () => {
  expect(quieterFact(peer, 'x', MUTED, MUTED).passed).toBe(false);
});

test('stoppedFacts() fail if anything arrives, be it silent and black', () => {
  expect(stoppedFacts(peer, MUTED)).toMatchObject([
    { name: 'no audio arrives', passed: false, actual: '50 packets' },
    { name: 'no video arrives', passed: false, actual: '20 frames' },
  ]);
});

test('stoppedFacts() pass without a stream, and look at the kinds that are asked for', () => {
  const nothing = { ...HEALTHY, audioPackets: undefined };
  expect(stoppedFacts(peer, nothing, ['audio'])).toMatchObject([{ name: 'no audio arrives', passed: true }]);
});
