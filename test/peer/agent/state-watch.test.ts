import { expect, test } from 'vitest';
import { StateWatch } from '../../../harness/peer/agent/state-watch.ts';

test('StateWatch.until() resolves with the moment at which both states say connected', async () => {
  const watch = new StateWatch();
  const connected = watch.until('connected');
  watch.note('iceConnectionState', 'connected', 1);
  watch.note('connectionState', 'connected', 2);
  watch.note('iceConnectionState', 'completed', 3);
  expect(await connected).toBe(2);
  expect(await watch.until('connected')).toBe(2);
});

test('StateWatch.until() waits anew once a state is over', async () => {
  const watch = new StateWatch();
  watch.note('connectionState', 'connected', 1);
  watch.note('iceConnectionState', 'connected', 1);
  watch.note('iceConnectionState', 'disconnected', 5);
  const back = watch.until('connected');
  watch.note('iceConnectionState', 'connected', 9);
  expect(await back).toBe(9);
});

test.for([
  ['iceConnectionState', 'disconnected', ['disconnected']],
  ['connectionState', 'disconnected', ['disconnected']],
  ['iceConnectionState', 'failed', ['disconnected', 'failed']],
  ['connectionState', 'failed', ['disconnected', 'failed']],
  ['connectionState', 'connecting', []],
] as const)('StateWatch.is() takes %s %s for %s', ([what, value, expected]) => {
  const watch = new StateWatch();
  watch.note(what, value, 1);
  const states = ['connected', 'disconnected', 'failed'] as const;
  expect(states.filter((state) => watch.is(state))).toEqual(expected);
});
