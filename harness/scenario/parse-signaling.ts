import { parseFault } from '../../signaling-stub/faults/parse-fault.ts';
import type { FaultRule } from '../../signaling-stub/faults/rule.ts';
import type { Problem } from '../errors.ts';
import { fieldsOf, reject, under } from '../topology/fields.ts';

/** The faults that a scenario or a variant begins with, as the server takes them. Pushes every problem. */
export function parseSignaling(
  value: unknown,
  { path, roles }: { path: string; roles: readonly string[] },
  problems: Problem[],
): FaultRule[] {
  if (value === undefined) return [];
  const written = { value, path, problems };
  const fields = fieldsOf(written, 'an object like { faults: [{ fault: "drop", kind: "candidate" }] }', [
    'faults',
  ]);
  if (!fields) return [];
  const at = under(written, 'faults', fields.faults);
  if (!Array.isArray(fields.faults)) {
    reject(at, 'a list of faults');
    return [];
  }
  return fields.faults.flatMap((one: unknown, index) => {
    const rule = parseFault(one, `${at.path}[${index}]`, problems);
    for (const key of ['from', 'to'] as const) {
      const peer = rule?.[key];
      if (peer === undefined || roles.length === 0 || roles.includes(peer)) continue;
      reject({ value: peer, path: `${at.path}[${index}].${key}`, problems }, `one of ${roles.join(', ')}`);
    }
    return rule ?? [];
  });
}
