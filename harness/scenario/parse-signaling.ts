import { parseFault } from '../../signaling-stub/faults/parse-fault.ts';
import type { FaultRule } from '../../signaling-stub/faults/rule.ts';
import { SIGNALING_NAMES, type SignalingName } from '../../signaling-stub/protocol.ts';
import type { Problem } from '../errors.ts';
import { fieldsOf, nameOf, reject, under, type Written } from '../topology/fields.ts';

export interface ParsedSignaling {
  transport?: SignalingName;
  /** As the server takes them. */
  faults: FaultRule[];
}

/** What carries a scenario's or a variant's signaling, and the faults it begins with. Pushes every problem. */
export function parseSignaling(
  value: unknown,
  { path, roles }: { path: string; roles: readonly string[] },
  problems: Problem[],
): ParsedSignaling {
  if (value === undefined) return { faults: [] };
  const written = { value, path, problems };
  const fields = fieldsOf(written, 'an object like { faults: [{ fault: "drop", kind: "candidate" }] }', [
    'transport',
    'faults',
  ]);
  if (!fields) return { faults: [] };
  const at = under(written, 'transport', fields.transport);
  const transport =
    fields.transport === undefined
      ? undefined
      : nameOf(at, `one of ${SIGNALING_NAMES.join(', ')}`, SIGNALING_NAMES);
  const faults = parseFaults(under(written, 'faults', fields.faults), roles, problems);
  return { faults, ...(transport !== undefined && { transport }) };
}

function parseFaults(at: Written, roles: readonly string[], problems: Problem[]): FaultRule[] {
  if (at.value === undefined) return [];
  if (!Array.isArray(at.value)) {
    reject(at, 'a list of faults');
    return [];
  }
  return at.value.flatMap((one: unknown, index) => {
    const rule = parseFault(one, `${at.path}[${index}]`, problems);
    for (const key of ['from', 'to'] as const) {
      const peer = rule?.[key];
      if (peer === undefined || roles.length === 0 || roles.includes(peer)) continue;
      reject({ value: peer, path: `${at.path}[${index}].${key}`, problems }, `one of ${roles.join(', ')}`);
    }
    return rule ?? [];
  });
}
