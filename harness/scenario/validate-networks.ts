import type { Problem } from '../errors.ts';
import { AXES } from '../metrics/selector.ts';
import { parseSignaling } from './parse-signaling.ts';
import { fieldsOf, isFields, nameOf, reject, under, type Fields, type Written } from '../topology/fields.ts';
import { parseIce, parseNetwork } from '../topology/parse.ts';
import type { NetworkLevel } from './scenario.ts';
import { checkNeeds } from './validate-needs.ts';

const LEVELS: readonly NetworkLevel[] = ['loopback', 'shaped', 'lab'];
const AXIS_NAMES = Object.keys(AXES);
const CASE_KEYS = ['summary', 'roles', 'network', 'ice', 'signaling', 'needs'];
const KEBAB_CASE = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/**
 * The keys `levels`, `network`, `ice`, `signaling` and `variants` of a scenario. Pushes every problem.
 *
 * @param roles Those that are good; without any, networks are not looked at.
 */
export function checkNetworks(
  scenario: Fields,
  file: string,
  roles: readonly string[],
  problems: Problem[],
): void {
  const at = (key: string): Written => ({ value: scenario[key], path: `${file}: ${key}`, problems });
  const levels = scenario.levels === undefined ? undefined : checkLevels(at('levels'));
  checkConditions(scenario, at, roles);
  if (scenario.variants !== undefined) checkVariants(at('variants'), roles, levels);
  checkPlaces(scenario, at('network'));
}

/** In the lab every call needs a network: its variant's, or the scenario's. */
function checkPlaces(scenario: Fields, network: Written): void {
  if (scenario.network !== undefined) return;
  const cases = isFields(scenario.variants) ? scenario.variants.cases : undefined;
  const specs = isFields(cases) ? Object.entries(cases) : [];
  const lacking = specs.filter(([, spec]) => isFields(spec) && spec.network === undefined);
  const { levels } = scenario;
  const isInLab = Array.isArray(levels)
    ? levels.includes('lab')
    : levels === undefined && lacking.length < specs.length;
  if (!isInLab || (specs.length > 0 && lacking.length === 0)) return;
  const which =
    lacking.length > 0 ? `, as these cases have none: ${lacking.map(([name]) => name).join(', ')}` : '';
  reject(network, `a network for the lab${which}`, 'write { caller: {}, … } for homes');
}

/** Those that are good. */
function checkLevels(written: Written): NetworkLevel[] {
  const { value, path, problems } = written;
  if (!Array.isArray(value) || value.length === 0) {
    reject(written, `a list of ${LEVELS.join(', ')}, best first`);
    return [...LEVELS];
  }
  return value.flatMap((level: unknown, index) => {
    const at = { value: level, path: `${path}[${index}]`, problems };
    const found = nameOf(at, `one of ${LEVELS.join(', ')}`, LEVELS);
    if (found !== undefined && value.indexOf(level) < index) reject(at, 'each level once');
    return found ?? [];
  });
}

/** What a scenario and a variant both say. */
function checkConditions(fields: Fields, at: (key: string) => Written, roles: readonly string[]): void {
  const { path, problems } = at('network');
  if (fields.network !== undefined && roles.length > 0) {
    parseNetwork(fields.network, { roles, path }, problems);
  }
  parseIce(fields.ice, at('ice').path, problems);
  parseSignaling(fields.signaling, { path: at('signaling').path, roles }, problems);
}

function checkVariants(
  written: Written,
  roles: readonly string[],
  levels: readonly NetworkLevel[] | undefined,
): void {
  const fields = fieldsOf(written, 'an object { axis, baseline, cases }', ['axis', 'baseline', 'cases']);
  if (!fields) return;
  const { axis, baseline, cases } = fields;
  nameOf(under(written, 'axis', axis), `one of ${AXIS_NAMES.join(', ')}`, AXIS_NAMES);
  const at = under(written, 'cases', cases);
  if (!isFields(cases) || Object.keys(cases).length === 0) {
    reject(at, 'an object with at least one case');
    return;
  }
  for (const [name, variant] of Object.entries(cases)) {
    if (!KEBAB_CASE.test(name)) reject(under(at, name, name), 'a kebab-case name like "relay-tls"');
    checkCase(under(at, name, variant), roles, levels);
  }
  if (baseline !== undefined)
    nameOf(under(written, 'baseline', baseline), 'one of the cases', Object.keys(cases));
}

function checkCase(
  written: Written,
  roles: readonly string[],
  levels: readonly NetworkLevel[] | undefined,
): void {
  const fields = fieldsOf(written, 'an object like { summary: "…", ice: { … } }', CASE_KEYS);
  if (!fields) return;
  const at = (key: string): Written => under(written, key, fields[key]);
  const { summary, needs } = fields;
  if (typeof summary !== 'string' || summary.trim() === '') reject(at('summary'), 'a few words');
  if (fields.roles !== undefined) checkCaseRoles(at('roles'), roles);
  checkConditions(fields, at, roles);
  if (needs !== 'lab') checkNeeds(at('needs'), roles, 'lab, ');
  else if (levels && !levels.includes('lab')) {
    reject(at('needs'), 'a level that the scenario runs on', 'add lab to levels');
  }
}

function checkCaseRoles(written: Written, roles: readonly string[]): void {
  const { value, path, problems } = written;
  if (!Array.isArray(value) || value.length === 0) {
    reject(written, `a list of ${roles.join(', ')}`);
    return;
  }
  for (const [index, role] of value.entries()) {
    const at = { value: role as unknown, path: `${path}[${index}]`, problems };
    const isKnown = nameOf(at, `one of ${roles.join(', ')}`, roles) !== undefined;
    if (isKnown && value.indexOf(role) < index) reject(at, 'each role once');
  }
}
