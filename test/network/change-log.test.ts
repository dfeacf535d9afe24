import { expect, test } from 'vitest';
import { ChangeLog } from '../../harness/network/change-log.ts';

const change = { role: 'caller', what: 'uplink loss 5 %' };

test('ChangeLog.record() resolves with when the change took effect, not with when it was looked at', async () => {
  const log = new ChangeLog();
  const seen: number[] = [];
  const now = () => performance.timeOrigin + performance.now();
  const effectiveMs = await log.record(
    change,
    () => void seen.push(now()),
    async () => void seen.push(now()),
  );
  expect(effectiveMs).toBeGreaterThanOrEqual(seen[0]!);
  expect(effectiveMs).toBeLessThanOrEqual(seen[1]!);
  expect(log.changes).toMatchObject([{ ...change, effectiveMs }]);
});

test('ChangeLog.record() keeps why a change seems not to be in effect, and the script goes on', async () => {
  const told: string[] = [];
  const log = new ChangeLog(({ what }) => told.push(what));
  await log.record(
    change,
    () => {},
    () => Promise.resolve('no packet was lost'),
  );
  expect(log.changes).toMatchObject([{ ...change, problem: 'no packet was lost' }]);
  expect(told).toEqual([change.what]);
});

test('ChangeLog.record() keeps nothing of a change that could not be made', async () => {
  const log = new ChangeLog();
  const broken = log.record(change, () => Promise.reject(new Error('no such line')));
  await expect(broken).rejects.toThrow('no such line');
  expect(log.changes).toEqual([]);
});
