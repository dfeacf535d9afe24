import type { Problem } from '../errors.ts';
import type { PlannedLoad } from '../load/load.ts';
import type { BotEngineName } from './bots.ts';
import type { Assignment, PlannedCell, RunOptions } from './plan.ts';

/** The load of `--bots`: its tag, too. */
export const BOT_LOAD = 'bots';

/** Node's timers take no more, 24.8 days: as long as anybody waits. */
const LONGEST_MS = 2 ** 31 - 1;
const GRACEFUL_STOP_MS = 30_000;

/** The cheapest engine. */
const BOT: BotEngineName = 'bot';

/** A cell of bots alone. */
export function botAssignment(roles: readonly string[]): Assignment {
  return Object.fromEntries(roles.map((role) => [role, BOT]));
}

/** Whether it is one that `--bots` fills. Other engines are there to be measured. */
export function isOfBots({ assignment }: PlannedCell): boolean {
  return Object.values(assignment).every((name) => name === BOT);
}

export interface BotLoadInput {
  /** How many there shall be at the same time. */
  count: number;
  roles: readonly string[];
  /** All that can be tried here. */
  cells: readonly PlannedCell[];
  /** What was asked for beside them, for cells that are not bots'; empty for calls one after another. */
  loads: readonly PlannedLoad[];
  options: Pick<RunOptions, 'iterations'>;
}

/**
 * The bots' load, and the others' beside it: these measure while the bots hold their calls. Without others the bots make
 * as many calls as there shall be of each cell, and hold them as long as any.
 */
export function withBotLoad(input: BotLoadInput, problems: Problem[]): PlannedLoad[] {
  const { count, roles, cells, loads, options } = input;
  const own = cells.filter(isOfBots);
  const others = cells.filter((cell) => !isOfBots(cell));
  const common = { startTimeMs: 0, gracefulStopMs: GRACEFUL_STOP_MS, tags: {} };
  if (loads.some(({ name }) => name === BOT_LOAD)) {
    problems.push({
      path: `load.${BOT_LOAD}`,
      expected: 'another name beside --bots, whose load is called so',
      got: JSON.stringify(BOT_LOAD),
    });
  }
  const vus = Math.ceil(count / roles.length);
  const bots = { ...common, name: BOT_LOAD, vus, cells: own.map(({ id }) => id) };
  if (others.length === 0) {
    const { iterations } = options;
    return [{ ...bots, executor: 'per-vu-iterations', iterations, maxDurationMs: LONGEST_MS }];
  }
  const beside: readonly PlannedLoad[] =
    loads.length > 0
      ? loads
      : [
          {
            ...common,
            name: 'calls',
            executor: 'shared-iterations',
            vus: 1,
            iterations: others.length * options.iterations,
            maxDurationMs: LONGEST_MS,
            cells: others.map(({ id }) => id),
          },
        ];
  return [...beside, { ...bots, executor: 'constant-vus', durationMs: LONGEST_MS, background: true }];
}
