import type { GridSettings } from '../config/grid-settings.ts';
import { GridClient } from '../grid/grid-client.ts';
import type { RunGrid } from '../grid/open-grid-host.ts';
import { countSlots } from '../grid/status.ts';
import { checkRoom, seatingOf, sessionsOf, surveyGrid } from '../grid/survey.ts';
import type { Plan, PlannedBrowser } from '../plan/plan.ts';

/** What a Grid has for a run. */
export interface AskedGrid {
  grid: RunGrid;
  found: PlannedBrowser[];
  /** @throws BrowserError when the plan can never have its browsers at the same time */
  warningsFor(plan: Plan): string[];
}

/**
 * Asks a Grid for its browsers before anything is opened.
 *
 * @throws NetworkError when nobody answers, BrowserError when it has no node with what was named
 */
export async function askGrid(
  { address, scales }: GridSettings,
  wanted: readonly string[] | undefined,
): Promise<AskedGrid> {
  const { url } = address;
  const status = await new GridClient(address).status();
  const { found, missing } = surveyGrid(status, { url, wanted, scales });
  return {
    grid: { address, slots: scales ? undefined : countSlots(status).total },
    found,
    warningsFor: (plan) => [
      ...missing.map((name) => `the Grid has no ${name}: the run goes without it`),
      ...(scales ? [] : checkRoom(status, { url, ...sessionsOf(plan, seatingOf(plan)) })),
    ],
  };
}
