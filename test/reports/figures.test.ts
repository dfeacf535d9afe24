import { describe, expect, test } from 'vitest';
import { ABSENT, formatDuration, formatFigure, median, plural } from '../../reports/figures.ts';

describe('formatFigure()', () => {
  test.for([
    [192.4, 'ms', '192 ms'],
    [0.72, 'ms', '0.72 ms'],
    [15_000, 'ms', '15 s'],
    [214_321, 'bps', '214 kbit/s'],
    [2_410_000, 'bps', '2.41 Mbit/s'],
    [286_000_000, 'bytes', '286 MB'],
    [29.97, 'fps', '30 fps'],
    [0.05, 'ratio', '5 %'],
    [0, 'ratio', '0 %'],
    [3, 'count', '3'],
    [3.21, 'ms/frame', '3.21 ms/frame'],
  ] as const)('writes %d %s as %s', ([value, unit, text]) => {
    expect(formatFigure(value, unit)).toBe(text);
  });

  test('leaves a dash, never 0, if nothing was reported', () => {
    expect(formatFigure(undefined, 'ms')).toBe(ABSENT);
    expect(formatFigure(Number.NaN, 'fps')).toBe(ABSENT);
  });

  test('does not round a loss away, nor an imperfect rate up to 100 %', () => {
    expect(formatFigure(0.00001, 'ratio')).toBe('<0.01 %');
    expect(formatFigure(0.99999, 'ratio')).toBe('>99.99 %');
    expect(formatFigure(0.9996, 'ratio')).toBe('99.96 %');
  });
});

test.for([
  [840, '840 ms'],
  [5432, '5.4 s'],
  [59_990, '1 min'],
  [80_000, '1 min 20 s'],
  [7_380_000, '2 h 3 min'],
] as const)('formatDuration() writes %d ms as %s', ([ms, text]) => {
  expect(formatDuration(ms)).toBe(text);
});

test('median() is the middle value, and undefined of nothing', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([1, 4, 2, 3])).toBe(2.5);
  expect(median([])).toBeUndefined();
});

test('plural() counts', () => {
  expect([plural(1, 'call'), plural(2, 'call')]).toEqual(['1 call', '2 calls']);
});
