import { probeOf } from '../features/feature.ts';
import { fieldsOf, isFields, reject, under, type Written } from '../topology/fields.ts';

/**
 * `needs` of a scenario or a variant: features for all, or by role. Pushes every problem.
 *
 * @param other What it may be instead, for the message: `lab, `.
 */
export function checkNeeds(written: Written, roles: readonly string[], other = ''): void {
  const { value } = written;
  if (value === undefined) return;
  if (Array.isArray(value)) {
    checkFeatures(written, value);
    return;
  }
  const expected = `${other}a list of features, or an object of role → features`;
  if (!isFields(value)) {
    reject(written, expected);
    return;
  }
  const fields = fieldsOf(written, expected, roles);
  for (const [role, features] of Object.entries(fields ?? {})) {
    const at = under(written, role, features);
    if (Array.isArray(features)) checkFeatures(at, features);
    else if (roles.includes(role)) reject(at, 'a list of features');
  }
}

function checkFeatures({ path, problems }: Written, features: readonly unknown[]): void {
  for (const [index, value] of features.entries()) {
    const found = probeOf(typeof value === 'string' ? value : '');
    if ('expected' in found)
      reject({ value, path: `${path}[${index}]`, problems }, found.expected, found.hint);
  }
}
