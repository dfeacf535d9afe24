import { ConfigError, type Problem } from '../../harness/errors.ts';
import { CATALOGUE, loadScenario, scenarioNames } from '../../harness/scenario/load.ts';
import type { Scenario } from '../../harness/scenario/scenario.ts';

/** Every scenario that comes with Callrig, by name. Rejects with ConfigError if one is broken. */
export async function catalogue(): Promise<Scenario[]> {
  const problems: Problem[] = [];
  const scenarios: Scenario[] = [];
  for (const name of await scenarioNames()) {
    const options = { cwd: CATALOGUE, importModule: (file: string) => import(file) as Promise<unknown> };
    const loaded = await loadScenario(name, options, problems);
    if (loaded) scenarios.push(loaded.scenario);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return scenarios;
}
