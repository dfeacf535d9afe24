import type { RunResult } from '../harness/result.ts';
import { formatFigure } from './figures.ts';

/**
 * Whether the machine that made a load kept up, with the figures: one sentence, and a second one of what nobody could
 * measure. `undefined` where there was no load.
 */
export function generatorText({ generator }: Pick<RunResult, 'generator'>): string | undefined {
  if (!generator) return undefined;
  const { verdict, reasons, advice, unknown } = generator;
  const figures = generatorFigures(generator).map(({ name, value }) => `${name} ${value}`);
  const said = {
    held: 'The load generator kept up',
    saturated: `The load generator was saturated: ${reasons.join(', ')}. What helps: ${advice ?? 'fewer calls'}`,
    unknown: 'Nobody knows whether the load generator kept up',
  }[verdict];
  return [
    `${said}${figures.length > 0 ? ` (${figures.join(', ')})` : ''}.`,
    ...(unknown.length > 0 ? [`Not known here: ${unknown.join(', ')}.`] : []),
  ].join(' ');
}

type Generator = NonNullable<RunResult['generator']>;

/** What was measured of the machine, in words; what nobody measured is left out. */
export function generatorFigures(generator: Generator): { name: string; value: string }[] {
  const rows: [string, number | undefined, 'ratio' | 'ms' | 'bytes'][] = [
    ['CPU', generator.cpuMeanRatio, 'ratio'],
    ["of the container's CPU quota", generator.quotaMeanRatio, 'ratio'],
    ['over 90 % for', generator.cpuOver90Ratio, 'ratio'],
    ["not this run's", generator.othersRatio, 'ratio'],
    ['taken by the hypervisor', generator.stealRatio, 'ratio'],
    ["pages' timers late p95", generator.timerLatenessP95Ms, 'ms'],
    ["bots' loops late p95", generator.botLatenessP95Ms, 'ms'],
    ["cameras' frames", generator.sourceFpsRatio, 'ratio'],
    ['frames sent', generator.sentFpsRatio, 'ratio'],
    ['encoders held back', generator.cpuLimitedRatio, 'ratio'],
    ['least memory', generator.leastMemoryBytes, 'bytes'],
  ];
  return rows.flatMap(([name, value, unit]) =>
    value === undefined ? [] : [{ name, value: formatFigure(value, unit) }],
  );
}
