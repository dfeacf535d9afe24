import { levelsOf } from '../plan/choose-level.ts';
import { byTheme, type Themes } from './themes.ts';
import type { Scenario } from './scenario.ts';

/** The catalogue as Markdown, theme by theme, a line each; part of `scenarios/README.md`. */
export function renderScenarioList(scenarios: readonly Scenario[], themes: Themes): string {
  return byTheme(scenarios, themes)
    .map(({ theme, items }) => `### ${theme}\n\n${items.map((one) => `${renderScenario(one)}\n`).join('')}`)
    .join('\n');
}

function renderScenario(scenario: Scenario): string {
  const { name, summary, guardsAgainst, variants } = scenario;
  const levels = levelsOf(scenario).join(', ');
  const cases = variants ? `; ${variants.axis}: ${Object.keys(variants.cases).join(', ')}` : '';
  return `- [${name}](${name}.ts) (${levels}${cases}). ${summary} Guards against ${guardsAgainst}.`;
}
