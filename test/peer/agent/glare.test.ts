import { expect, test } from 'vitest';
import { Glare } from '../../../harness/peer/agent/glare.ts';

const OFFER = { type: 'offer', sdp: '' } as const;
const ANSWER = { type: 'answer', sdp: '' } as const;

/** A side whose connection is in that state. */
function side(politeness: 'polite' | 'impolite', signalingState: RTCSignalingState = 'stable'): Glare {
  return new Glare({ signalingState } as RTCPeerConnection, politeness);
}

test.for([
  ['polite', false],
  ['impolite', true],
] as const)('Glare.mustIgnore() of the %s side is %s if offers cross', ([politeness, isIgnored]) => {
  const glare = side(politeness, 'have-local-offer');
  expect(glare.mustIgnore(OFFER)).toBe(isIgnored);
  expect(glare.isIgnoring, 'the candidates that follow').toBe(isIgnored);
  expect(glare.count).toBe(1);
});

test('Glare.mustIgnore() counts an offer that comes while one of its own is being made', async () => {
  const glare = side('impolite');
  await glare.offering(() => {
    expect(glare.mustIgnore(OFFER)).toBe(true);
    return Promise.resolve();
  });
  expect(glare.mustIgnore(OFFER), 'it is made').toBe(false);
  expect(glare.count).toBe(1);
});

test('Glare.mustIgnore() takes every offer again once making one has failed', async () => {
  const glare = side('impolite');
  await expect(glare.offering(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(glare.mustIgnore(OFFER)).toBe(false);
});

test.for(['polite', 'impolite'] as const)('Glare.mustIgnore() of the %s side takes answers', (politeness) => {
  const glare = side(politeness, 'have-local-offer');
  expect(glare.mustIgnore(ANSWER)).toBe(false);
  expect(glare.count).toBe(0);
});

test('Glare ignores candidates of an ignored offer until the next description', () => {
  const glare = side('impolite', 'have-local-offer');
  glare.mustIgnore(OFFER);
  glare.mustIgnore(ANSWER);
  expect(glare.isIgnoring).toBe(false);
});
