import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { Follower } from '../../harness/lifecycle/follow.ts';

test('Follower is aborted with the reason of the first signal that is', () => {
  const [one, other] = [new AbortController(), new AbortController()];
  using follower = new Follower([one.signal, other.signal]);
  expect(follower.signal.aborted).toBe(false);
  other.abort(new Error('other'));
  one.abort(new Error('one'));
  expect(follower.signal.reason).toMatchObject({ message: 'other' });
});

test('Follower is aborted from the start if a signal was', () => {
  using follower = new Follower([new AbortController().signal, AbortSignal.abort(new Error('before'))]);
  expect(follower.signal.reason).toMatchObject({ message: 'before' });
});

test('Follower leaves no listener behind, and follows no more, once it is closed', () => {
  const long = new AbortController();
  const follower = new Follower([long.signal]);
  follower[Symbol.dispose]();
  expect(getEventListeners(long.signal, 'abort')).toEqual([]);
  long.abort();
  expect(follower.signal.aborted).toBe(false);
});
