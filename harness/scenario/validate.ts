import type { Problem } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import { printable } from '../printable.ts';
import { knownMetrics } from '../metrics/custom-metrics.ts';
import { loadTags } from '../load/load-tags.ts';
import { parseLoad } from '../load/parse-load.ts';
import { MATRIX_RULES } from '../plan/matrix.ts';
import { parseDuration } from '../units.ts';
import { ASKED_FOR } from '../verdict/generator.ts';
import { parseThresholds } from '../verdict/thresholds.ts';
import { isFields, type Fields } from '../topology/fields.ts';
import type { Scenario } from './scenario.ts';
import { checkNeeds } from './validate-needs.ts';
import { checkMetrics } from './validate-metrics.ts';
import { checkNetworks } from './validate-networks.ts';
import { checkParams } from './validate-params.ts';

const REQUIRED = ['name', 'summary', 'guardsAgainst', 'roles', 'script'] as const;
const OPTIONAL = [
  'matrix',
  'levels',
  'network',
  'ice',
  'signaling',
  'offers',
  'variants',
  'needs',
  'duration',
  'iterations',
  'load',
  'asksFor',
  'unseen',
  'params',
  'metrics',
  'thresholds',
  'setup',
  'teardown',
] as const;
const KNOWN = [...REQUIRED, ...OPTIONAL] as const;
/** Words of the script's context, and of a network: no role may be called so. */
const RESERVED = [
  'variant',
  'peers',
  'params',
  'data',
  'step',
  'hold',
  'check',
  'measure',
  'shared',
  'barrier',
  'network',
  'turn',
  'signaling',
  'signal',
  'sites',
];
const KEBAB_CASE = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const ROLE = /^[a-z][A-Za-z0-9-]*$/;

type Report = (key: string, expected: string, got: unknown, hint?: string) => void;

/**
 * What the compiler cannot see in a scenario, or did not because the file was never compiled. Pushes every problem,
 * with `file` and the key as its path; returns the scenario if there was none.
 */
export function validateScenario(exported: unknown, file: string, problems: Problem[]): Scenario | undefined {
  const before = problems.length;
  if (!isFields(exported)) {
    problems.push({
      path: file,
      expected: 'a scenario as its default export',
      got: printable(exported),
      hint: 'write `export default defineScenario({ … })`',
    });
    return undefined;
  }
  const report: Report = (key, expected, got, hint) =>
    problems.push({ path: `${file}: ${key}`, expected, got: printable(got), ...(hint ? { hint } : {}) });
  checkKeys(exported, report);
  checkTexts(exported, report);
  const roles = checkRoles(exported.roles, report);
  checkMatrix(exported.matrix, roles, report);
  checkNetworks(exported, file, roles, problems);
  checkNeeds({ value: exported.needs, path: `${file}: needs`, problems }, roles);
  checkNumbers(exported, report);
  if (exported.load !== undefined) parseLoad(exported.load, { path: `${file}: load` }, problems);
  checkScript(exported, report);
  if (exported.offers !== undefined && exported.offers !== 'once')
    report('offers', '"once"', exported.offers);
  checkAskedFor(exported.asksFor, report);
  if (exported.unseen !== undefined && exported.unseen !== true) report('unseen', 'true', exported.unseen);
  checkParams({ value: exported.params, path: `${file}: params`, problems });
  const metrics = checkMetrics({ value: exported.metrics, path: `${file}: metrics`, problems });
  const words = { known: knownMetrics(metrics), ownTags: loadTags(exported.load) };
  parseThresholds(exported.thresholds, `${file}: thresholds`, problems, words);
  return problems.length === before ? asScenario(exported) : undefined;
}

function checkKeys(scenario: Fields, report: Report): void {
  for (const key of Object.keys(scenario)) {
    if (!KNOWN.some((known) => known === key)) {
      report(key, `one of ${KNOWN.join(', ')}`, key, didYouMean(key, KNOWN));
    }
  }
}

function checkTexts(scenario: Fields, report: Report): void {
  const { name } = scenario;
  if (typeof name !== 'string' || !KEBAB_CASE.test(name)) {
    report('name', 'a kebab-case name like "p2p-call"', name);
  }
  for (const key of ['summary', 'guardsAgainst']) {
    const text = scenario[key];
    if (typeof text !== 'string' || text.trim() === '') report(key, 'a sentence', text);
  }
}

function checkAskedFor(asked: unknown, report: Report): void {
  if (asked === undefined) return;
  if (!Array.isArray(asked)) return report('asksFor', `a list of ${ASKED_FOR.join(', ')}`, asked);
  for (const [index, word] of asked.entries()) {
    if (ASKED_FOR.some((known) => known === word)) continue;
    const hint = typeof word === 'string' ? didYouMean(word, ASKED_FOR) : undefined;
    report(`asksFor[${index}]`, `one of ${ASKED_FOR.join(', ')}`, word, hint);
  }
}

/** The roles as far as they are good, for what depends on them. */
function checkRoles(roles: unknown, report: Report): string[] {
  if (!Array.isArray(roles) || roles.length === 0) {
    report('roles', 'a list of at least one role like ["caller", "callee"]', roles);
    return [];
  }
  const good: string[] = [];
  for (const [index, role] of roles.entries()) {
    const key = `roles[${index}]`;
    if (typeof role !== 'string' || !ROLE.test(role)) report(key, 'a name like "caller"', role);
    else if (RESERVED.includes(role)) {
      report(key, 'a name that is not a word of the script', role, `taken: ${RESERVED.join(', ')}`);
    } else if (good.includes(role)) report(key, 'each role once', role);
    else good.push(role);
  }
  return good;
}

function checkMatrix(matrix: unknown, roles: string[], report: Report): void {
  if (matrix === undefined || MATRIX_RULES.some((rule) => rule === matrix)) return;
  if (!Array.isArray(matrix) || matrix.length === 0) {
    report('matrix', '"ordered", "same", "dealt" or a list of { role: browser }', matrix);
    return;
  }
  for (const [index, cell] of matrix.entries()) checkCell(cell, `matrix[${index}]`, roles, report);
}

function checkCell(cell: unknown, key: string, roles: string[], report: Report): void {
  if (!isFields(cell)) {
    report(key, `an object with a browser for ${roles.join(' and ')}`, cell);
    return;
  }
  for (const role of roles) {
    const browser = cell[role];
    if (typeof browser !== 'string' || browser === '') {
      report(`${key}.${role}`, 'the name of a browser', browser);
    }
  }
  for (const role of Object.keys(cell)) {
    if (!roles.includes(role))
      report(`${key}.${role}`, 'a role of the scenario', role, didYouMean(role, roles));
  }
}

function checkNumbers({ duration, iterations }: Fields, report: Report): void {
  const durationMs = typeof duration === 'string' ? parseDuration(duration) : undefined;
  if (duration !== undefined && !durationMs) {
    const hint = /^[\d."]+$/.test(printable(duration)) ? 'add a unit' : undefined;
    report('duration', 'a duration like "30s"', duration, hint);
  }
  const isCount = typeof iterations === 'number' && Number.isInteger(iterations) && iterations > 0;
  if (iterations !== undefined && !isCount) report('iterations', 'a whole number above 0', iterations);
}

function checkScript({ script, setup, teardown }: Fields, report: Report): void {
  if (typeof script !== 'function') report('script', 'an async function ({ caller, callee, … })', script);
  for (const [key, hook] of Object.entries({ setup, teardown })) {
    if (hook !== undefined && typeof hook !== 'function') report(key, 'a function', hook);
  }
}

// Every key was looked at above; the types of what they hold cannot be told to the compiler otherwise.
function asScenario(checked: Fields): Scenario {
  return checked as unknown as Scenario;
}
