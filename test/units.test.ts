import { expect, test } from 'vitest';
import { parseDuration, renderDuration } from '../harness/units.ts';

test.for([
  [0, '0s'],
  [1, '1ms'],
  [999.6, '1s'],
  [1500, '1s500ms'],
  [60_000, '1m'],
  [90_000, '1m30s'],
  [3_600_000, '1h'],
  [5_405_250, '1h30m5s250ms'],
] as const)('renderDuration(%d) is %s, which parseDuration() reads back', ([ms, text]) => {
  expect(renderDuration(ms)).toBe(text);
  expect(parseDuration(text)).toBe(Math.round(ms));
});

test.for(['60', '1', '-5s', 's', '1 s', '5s30', '1.2.3s', ''])(
  'parseDuration() is undefined for %o, which has no unit or is none',
  (text) => expect(parseDuration(text)).toBeUndefined(),
);
