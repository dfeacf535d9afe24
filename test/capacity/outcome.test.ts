import { expect, test } from 'vitest';
import { callsPerCore, capacityExit, outcomeOf } from '../../harness/capacity/outcome.ts';
import type { GeneratorResult, Reason } from '../../harness/result.ts';

const saturation: Reason = { kind: 'saturation', status: 'inconclusive', message: 'CPU' };

test.for([
  ['passed', 'held'],
  ['failed', 'broke'],
  ['inconclusive', 'unknown'],
  ['unsupported', 'unknown'],
  ['errored', 'unknown'],
] as const)('outcomeOf() of a level that %s is %s', ([status, outcome]) => {
  expect(outcomeOf({ status, reasons: [] })).toBe(outcome);
});

test('outcomeOf() blames no service for a machine that was saturated', () => {
  expect(outcomeOf({ status: 'failed', reasons: [saturation] })).toBe('saturated');
});

test('outcomeOf() goes by the thresholds alone if it is the machine that is asked about', () => {
  const generator = { verdict: 'saturated', reasons: ['CPU'] } as unknown as GeneratorResult;
  const outcomes = (['passed', 'failed', 'errored'] as const).map((status) =>
    outcomeOf({ status, generator, reasons: [] }, { toleratesSaturation: true }),
  );
  expect(outcomes).toEqual(['held', 'broke', 'unknown']);
});

test('callsPerCore() is undefined if no level held', () => {
  expect(callsPerCore({ holds: 6 }, 2)).toBe(3);
  expect(callsPerCore({ holds: 0 }, 2)).toBeUndefined();
});

test.for([
  [8, 'service', 0],
  [8, 'end', 0],
  [0, 'service', 99],
  [8, 'machine', 111],
  [0, 'unknown', 111],
] as const)('capacityExit() of %s calls limited by %s is %s', ([holds, limitedBy, code]) => {
  expect(capacityExit({ holds, limitedBy })).toBe(code);
});
