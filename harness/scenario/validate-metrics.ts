import { METRICS } from '../metrics/catalogue.ts';
import type { CustomMetrics } from '../metrics/custom-metrics.ts';
import { fieldsOf, isFields, nameOf, reject, under, type Written } from '../topology/fields.ts';

const TYPES = ['trend', 'rate', 'counter', 'gauge'] as const;
const KEYS = ['type', 'unit', 'description', 'better'];
const SNAKE_CASE = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;
/** What a name of a metric in this unit ends with; any other unit, its own letters. */
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  ms: ['_ms'],
  seconds: ['_seconds'],
  bytes: ['_bytes'],
  bps: ['_bps'],
  fps: ['_fps'],
  ratio: ['_ratio', '_rate', '_success'],
  count: ['_count', '_total', 's'],
};

/** A scenario's own metrics as far as they are good, for the thresholds that name them. Pushes every problem. */
export function checkMetrics(written: Written): CustomMetrics {
  const { value } = written;
  if (value === undefined) return {};
  if (!isFields(value)) {
    reject(written, 'an object of name → { type, unit, description }');
    return {};
  }
  const before = written.problems.length;
  for (const [name, metric] of Object.entries(value)) checkMetric(under(written, name, metric), name);
  const isGood = written.problems.length === before;
  return Object.fromEntries(
    Object.entries(value).filter(([, metric]) => isGood || isUsable(metric)),
  ) as CustomMetrics;
}

function checkMetric(written: Written, name: string): void {
  if (!SNAKE_CASE.test(name)) {
    reject({ ...written, value: name }, 'a snake_case name with its unit, like "app_login_ms"');
  } else if (Object.hasOwn(METRICS, name)) {
    reject({ ...written, value: name }, 'a name that is not in the catalogue', `take another: my_${name}`);
  }
  const fields = fieldsOf(written, 'an object of type, unit and description', KEYS);
  if (!fields) return;
  const at = (key: string) => under(written, key, fields[key]);
  nameOf(at('type'), `one of ${TYPES.join(', ')}`, TYPES);
  if (typeof fields.description !== 'string' || fields.description.trim() === '') {
    reject(at('description'), 'what one value is, in one sentence');
  }
  if (fields.better !== undefined) nameOf(at('better'), 'lower or higher', ['lower', 'higher']);
  if (typeof fields.unit !== 'string' || fields.unit === '') reject(at('unit'), 'a unit like "ms"');
  else if (SNAKE_CASE.test(name)) checkSuffix({ ...written, value: name }, fields.unit);
}

/** The unit is visible in the name: what is written `app_login_ms` is not seconds. */
function checkSuffix(written: Written, unit: string): void {
  const suffixes = SUFFIXES[unit] ?? [`_${unit.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_')}`];
  if (suffixes.some((suffix) => String(written.value).endsWith(suffix))) return;
  reject(written, `a name that ends in ${suffixes.join(' or ')}, as its unit is ${unit}`);
}

function isUsable(metric: unknown): boolean {
  return isFields(metric) && TYPES.some((type) => type === metric.type);
}
