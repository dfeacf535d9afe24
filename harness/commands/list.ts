import { ConfigError, type Problem } from '../errors.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { CATALOGUE, loadScenario, type LoadedScenario, scenarioNames } from '../scenario/load.ts';
import { renderDetails } from '../scenario/render-details.ts';
import { byTheme, loadThemes, type Themes } from '../scenario/themes.ts';
import { foldersOf, printJson, textOf, type Flags, type Io } from './io.ts';

/**
 * Prints the catalogue by theme, or all of one scenario. Throws `ConfigError`, after printing the others, if a scenario
 * in it is broken.
 */
export async function list(flags: Flags, io: Io, catalogue = CATALOGUE): Promise<ExitCode> {
  const problems: Problem[] = [];
  const named = textOf(flags, 'scenario');
  const loaded: LoadedScenario[] = [];
  for (const name of named === undefined ? await scenarioNames(catalogue) : [named]) {
    const options = { ...foldersOf(io), importModule: io.importModule, catalogue };
    const found = await loadScenario(name, options, problems);
    if (found) loaded.push(found);
  }
  const themes = await loadThemes(catalogue);
  const isWhole = problems.length === 0;
  if (flags.json === true && isWhole) printJson(io, { scenarios: loaded.map((one) => toJson(one, themes)) });
  if (flags.json !== true) {
    io.stdout.write(named === undefined ? renderCatalogue(loaded, themes) : loaded.map(details).join('\n'));
  }
  if (!isWhole) throw new ConfigError(problems);
  return EXIT_CODES.passed;
}

function details({ scenario }: LoadedScenario): string {
  return renderDetails(scenario);
}

function renderCatalogue(loaded: readonly LoadedScenario[], themes: Themes): string {
  const scenarios = loaded.map(({ scenario }) => scenario);
  const width = Math.max(0, ...scenarios.map(({ name }) => name.length));
  const groups = byTheme(scenarios, themes).map(({ theme, items }) =>
    [theme, ...items.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`)].join('\n'),
  );
  return `${groups.join('\n\n')}\n`;
}

function toJson({ scenario, file }: LoadedScenario, themes: Themes): Record<string, unknown> {
  const { name, summary, guardsAgainst, roles, needs, load, params, metrics, variants, thresholds } =
    scenario;
  const [group] = byTheme([scenario], themes);
  const { theme } = group ?? {};
  const cases = variants && { axis: variants.axis, baseline: variants.baseline, cases: variants.cases };
  const rest = { needs, load, params, metrics, variants: cases, thresholds };
  return { name, theme, summary, guardsAgainst, roles, file, ...rest };
}
