import { levelsOf } from '../plan/choose-level.ts';
import type { Scenario } from './scenario.ts';

/** The catalogue as Markdown, a line each; part of `scenarios/README.md`. */
export function renderScenarioList(scenarios: readonly Scenario[]): string {
  return scenarios.map((scenario) => `${renderScenario(scenario)}\n`).join('');
}

function renderScenario(scenario: Scenario): string {
  const { name, summary, guardsAgainst, variants } = scenario;
  const levels = levelsOf(scenario).join(', ');
  const cases = variants ? `; ${variants.axis}: ${Object.keys(variants.cases).join(', ')}` : '';
  return `- [${name}](${name}.ts) (${levels}${cases}). ${summary} Guards against ${guardsAgainst}.`;
}
