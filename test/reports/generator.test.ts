import { expect, test } from 'vitest';
import type { GeneratorResult } from '../../harness/result.ts';
import { generatorText } from '../../reports/generator.ts';

const HELD: GeneratorResult = {
  verdict: 'held',
  reasons: [],
  unknown: [],
  fromMs: 0,
  untilMs: 30_000,
  cpuMeanRatio: 0.42,
  cpuOver90Ratio: 0,
  timerLatenessP95Ms: 3,
};

test('generatorText() says that the machine kept up, with what was measured and nothing else', () => {
  expect(generatorText({ generator: HELD })).toBe(
    "The load generator kept up (CPU 42 %, over 90 % for 0 %, pages' timers late p95 3 ms).",
  );
});

test('generatorText() says what gave a saturated machine away, and what helps', () => {
  const text = generatorText({
    generator: {
      ...HELD,
      verdict: 'saturated',
      reasons: ['cameras gave 50 % of their frame rate'],
      advice: 'fewer calls',
    },
  });
  expect(text).toMatch(
    /^The load generator was saturated: cameras gave 50 % of their frame rate\. What helps: fewer calls \(CPU/,
  );
});

test('generatorText() says what nobody could measure, and that nobody knows', () => {
  const unknown = ["the machine's CPU", 'late timers'];
  expect(
    generatorText({ generator: { verdict: 'unknown', reasons: [], unknown, fromMs: 0, untilMs: 1 } }),
  ).toBe("Nobody knows whether the load generator kept up. Not known here: the machine's CPU, late timers.");
});

test('generatorText() says nothing of a run without a load', () => {
  expect(generatorText({})).toBeUndefined();
});
