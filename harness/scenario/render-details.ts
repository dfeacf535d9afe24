import { describeLoad } from '../load/describe.ts';
import { parseLoad } from '../load/parse-load.ts';
import type { CustomMetrics } from '../metrics/custom-metrics.ts';
import { levelsOf } from '../plan/choose-level.ts';
import type { ParamSpec } from './params.ts';
import { describeParam } from './read-params.ts';
import type { Scenario } from './scenario.ts';

/** All there is to know of a scenario before it is run, as text for a terminal. */
export function renderDetails(scenario: Scenario): string {
  const { name, summary, guardsAgainst, roles, duration = '5s', iterations = 1, variants } = scenario;
  const params: [string, ParamSpec][] = Object.entries(scenario.params ?? {});
  const metrics: CustomMetrics = scenario.metrics ?? {};
  const sections = [
    [`${name}: ${summary}`, `Guards against ${guardsAgainst}.`],
    columns([
      ['roles', roles.join(', ')],
      ['levels', levelsOf(scenario).join(', ')],
      ['needs', needsOf(scenario)],
      ['duration', duration],
      ['iterations', scenario.load ? '' : String(iterations)],
    ]),
    section('Load (--vus, --rate, --stage … replace it)', loadsOf(scenario)),
    section(
      'Parameters (--param name=value)',
      params.map(([key, spec]) => [key, `${spec.summary}: ${describeParam(spec)}${defaultOf(spec)}`]),
    ),
    section(
      variants ? `Variants by ${variants.axis} (--only NAME)` : '',
      Object.entries(variants?.cases ?? {}).map(([key, each]) => [
        key,
        `${each.summary}${key === variants?.baseline ? ' (baseline)' : ''}`,
      ]),
    ),
    section(
      'Metrics of its own',
      Object.entries(metrics).map(([key, { unit, description }]) => [key, `${description} (${unit})`]),
    ),
    section(
      "Thresholds (--threshold 'metric=expression')",
      Object.entries(scenario.thresholds ?? {}).map(([key, list = []]) => [
        key,
        list.map(expressionOf).join(', '),
      ]),
    ),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** What each load is; a scenario that was loaded has none that is not good. */
function loadsOf({ load }: Scenario): [string, string][] {
  if (!load) return [];
  return parseLoad(load, { path: 'load' }, []).map((each) => [each.name, describeLoad(each)]);
}

function section(title: string, rows: readonly (readonly [string, string])[]): string[] {
  return rows.length === 0 ? [] : [title, ...columns(rows).map((line) => `  ${line}`)];
}

/** What has nothing to say is left out. */
function columns(rows: readonly (readonly [string, string])[]): string[] {
  const told = rows.filter(([, text]) => text !== '');
  const width = Math.max(0, ...told.map(([name]) => name.length));
  return told.map(([name, text]) => `${name.padEnd(width)}  ${text}`);
}

function defaultOf(spec: ParamSpec): string {
  return spec.default === undefined ? '; must be given' : ` [${spec.default}]`;
}

function needsOf({ needs }: Scenario): string {
  if (needs === undefined) return '';
  if (Array.isArray(needs)) return needs.join(', ');
  const byRole: [string, readonly string[] | undefined][] = Object.entries(needs);
  return byRole.map(([role, features = []]) => `${role}: ${features.join(', ')}`).join('; ');
}

function expressionOf(threshold: string | { threshold: string }): string {
  return typeof threshold === 'string' ? threshold : threshold.threshold;
}
