import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import type { RunResult } from '../result.ts';
import type { Capacity, LevelOutcome } from './search.ts';

/**
 * What a level's run came to. A machine that was saturated says nothing of the service, whatever the thresholds came to,
 * unless it is the machine that is asked about (`--saturation tolerate`).
 */
export function outcomeOf(
  { status, generator, reasons }: Pick<RunResult, 'status' | 'generator' | 'reasons'>,
  { toleratesSaturation = false } = {},
): LevelOutcome {
  const isSaturated = generator?.verdict === 'saturated' || reasons.some(({ kind }) => kind === 'saturation');
  if (isSaturated && !toleratesSaturation) return 'saturated';
  if (status === 'passed') return 'held';
  return status === 'failed' ? 'broke' : 'unknown';
}

/** Calls per core of the machine that made them. `undefined` if no level held, or nobody knows the cores. */
export function callsPerCore({ holds }: Pick<Capacity, 'holds'>, cores: number): number | undefined {
  return holds > 0 && cores > 0 ? holds / cores : undefined;
}

/**
 * The exit code of a search that came to its end.
 *
 * | what was found | exit |
 * | --- | --- |
 * | a number that the service, or the largest level asked for, ends | 0 |
 * | the service holds not even one level | 99 |
 * | the machine was the limit, or a level could not be judged | 111 |
 */
export function capacityExit({ holds, limitedBy }: Pick<Capacity, 'holds' | 'limitedBy'>): ExitCode {
  if (limitedBy === 'machine' || limitedBy === 'unknown') return EXIT_CODES.inconclusive;
  return holds > 0 ? EXIT_CODES.passed : EXIT_CODES.failed;
}
