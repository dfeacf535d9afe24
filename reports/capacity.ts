import type { CapacityLevel, CapacityResult } from '../harness/capacity/capacity-result.ts';
import type { Status, ThresholdResult } from '../harness/result.ts';
import { ABSENT, formatFigure } from './figures.ts';

/** What is told of a level: a head and what stands under it. */
export interface LevelColumn {
  head: string;
  of: (level: CapacityLevel) => string;
}

/** The columns of a search's table: the thresholds' own figures, and how the machine fared. */
export function levelColumns({ levels }: CapacityResult): LevelColumn[] {
  const asked = levels.find(({ thresholds }) => thresholds.length > 0)?.thresholds ?? [];
  return [
    { head: 'at a time', of: ({ vus }) => String(vus) },
    { head: 'outcome', of: ({ outcome }) => OUTCOMES[outcome] },
    ...asked.map(({ metric, expression }, index) => ({
      head: `${metric} ${expression}`,
      of: ({ thresholds }: CapacityLevel) => figureOf(thresholds[index]),
    })),
    { head: 'CPU', of: ({ generator }) => formatFigure(generator?.cpuMeanRatio, 'ratio') },
  ];
}

const OUTCOMES: Record<CapacityLevel['outcome'], string> = {
  held: 'held',
  broke: 'broke',
  saturated: 'saturated',
  unknown: 'not judged',
};

/** A level's outcome, as a status has its mark and colour. */
export function levelStatus({ outcome }: CapacityLevel): Status {
  return ({ held: 'passed', broke: 'failed', saturated: 'inconclusive', unknown: 'inconclusive' } as const)[
    outcome
  ];
}

/** From the smallest level to the largest; one that was tried twice in the order it was tried. */
export function levelsBySize({ levels }: CapacityResult): CapacityLevel[] {
  return levels.toSorted((a, b) => a.vus - b.vus);
}

function figureOf(threshold: ThresholdResult | undefined): string {
  return threshold?.actual === undefined ? ABSENT : formatFigure(threshold.actual, threshold.unit);
}
