import { ConfigError, type Problem } from '../errors.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { CATALOGUE, loadScenario, scenarioNames } from '../scenario/load.ts';
import { printJson, type Flags, type Io } from './io.ts';

/** Prints the catalogue. Throws `ConfigError`, after printing the others, if a scenario in it is broken. */
export async function list(flags: Flags, io: Io, catalogue = CATALOGUE): Promise<ExitCode> {
  const problems: Problem[] = [];
  const names = await scenarioNames(catalogue);
  const loaded = [];
  for (const name of names) {
    const found = await loadScenario(name, { ...io, catalogue }, problems);
    if (found) loaded.push(found);
  }
  const isWhole = problems.length === 0;
  if (flags.json === true && isWhole) {
    printJson(io, {
      scenarios: loaded.map(({ scenario: { name, summary, guardsAgainst, roles }, file }) => ({
        name,
        summary,
        guardsAgainst,
        roles,
        file,
      })),
    });
  }
  if (flags.json !== true) {
    const width = Math.max(0, ...loaded.map(({ scenario }) => scenario.name.length));
    for (const { scenario } of loaded) {
      io.stdout.write(`${scenario.name.padEnd(width)}  ${scenario.summary}\n`);
    }
  }
  if (!isWhole) throw new ConfigError(problems);
  return EXIT_CODES.passed;
}
