import { expect, test } from 'vitest';
import { CallObserver, frozenWith } from '../../harness/verdict/observe.ts';
import { normalise } from '../../harness/stats/normalise.ts';
import { recordedCall } from '../fixtures/recorded.ts';

test('frozenWith() names the connection whose counters stood still, not the one that hid it', () => {
  const { record, samples } = recordedCall();
  const observer = new CallObserver(record);
  const still = samples()['caller']!.at(-1)!;
  for (const sample of samples()['caller']!) {
    observer.add('caller', normalise(sample));
    observer.add('caller', normalise({ ...still, t: sample.t, connection: 'third' }));
  }
  expect(observer.of('caller').hold?.first.connection).toBe('callee');
  expect(frozenWith(observer.of('caller'))).toEqual(['third']);
});

test('frozenWith() is empty if nothing was measured in the hold', () => {
  expect(frozenWith(new CallObserver(recordedCall().record).of('caller'))).toEqual([]);
});
