import { expect, test } from 'vitest';
import { Milestone } from '../../../harness/peer/agent/milestone.ts';

test('Milestone.reached resolves when it is reached, also for who asks later', async () => {
  const milestone = new Milestone();
  const early = milestone.reached;
  milestone.reach();
  await expect(early).resolves.toBeUndefined();
  await expect(milestone.reached).resolves.toBeUndefined();
});

test('Milestone.reached rejects if it failed, also for who asks later', async () => {
  const milestone = new Milestone();
  milestone.fail(new Error('no path'));
  await expect(milestone.reached).rejects.toThrow('no path');
});

test('Milestone.fail() changes nothing if it was reached, and the other way round', async () => {
  const reached = new Milestone();
  reached.reach();
  reached.fail(new Error('too late'));
  await expect(reached.reached).resolves.toBeUndefined();
  const failed = new Milestone();
  failed.fail(new Error('first'));
  failed.reach();
  failed.fail(new Error('second'));
  await expect(failed.reached).rejects.toThrow('first');
});

test('Milestone.fail() is no unhandled rejection if nobody waits', async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', note);
  new Milestone().fail(new Error('nobody cares'));
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});

test('Milestone.hasFailed says so only if it failed before it was reached', () => {
  const reached = new Milestone();
  reached.reach();
  reached.fail(new Error('too late'));
  const failed = new Milestone();
  failed.fail(new Error('first'));
  failed.reach();
  expect([reached.hasFailed, failed.hasFailed, new Milestone().hasFailed]).toEqual([false, true, false]);
});
