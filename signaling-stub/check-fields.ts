import { isObject, type Fields, type JsonObject, type Rule } from './frame-rules.ts';

/** One thing wrong with a frame. */
export interface FrameProblem {
  /** `payload.sdp`; empty for the frame itself. */
  path: string;
  expected: string;
  got: string;
}

/** Adds everything that is wrong with an object's fields. `known` is one more field that it has. */
export function checkFields(
  value: JsonObject,
  { fields, prefix, known }: { fields: Fields; prefix: string; known?: string },
  problems: FrameProblem[],
): void {
  for (const field in fields) checkField(value[field], fields[field]!, { prefix, field }, problems);
  for (const field in value) {
    if (field === known || Object.hasOwn(fields, field)) continue;
    problems.push({
      path: prefix + clip(field),
      expected: `one of ${[known, ...Object.keys(fields)].filter(Boolean).join(', ')}`,
      got: 'an unknown field',
    });
  }
}

/** Adds what is wrong with one field. Done for each message: where nothing is wrong, no text is made. */
export function checkField(
  value: unknown,
  rule: Rule,
  { prefix, field }: { prefix: string; field: string },
  problems: FrameProblem[],
): void {
  if (value === undefined && rule.optional) return;
  if (!rule.holds(value)) {
    problems.push({ path: prefix + field, expected: rule.expected, got: show(value) });
  } else if (rule.fields && isObject(value)) {
    const inside = { fields: rule.fields, prefix: `${prefix}${field}.` };
    if (rule.open) checkOpenFields(value, inside, problems);
    else checkFields(value, inside, problems);
  }
}

function checkOpenFields(
  value: JsonObject,
  { fields, prefix }: { fields: Fields; prefix: string },
  problems: FrameProblem[],
): void {
  for (const field in fields) checkField(value[field], fields[field]!, { prefix, field }, problems);
  for (const field in value) {
    const inner = value[field];
    // Only plain values: a payload nested ten thousand deep parses, and then overflows the stack when written.
    if (typeof inner !== 'object' || inner === null || Object.hasOwn(fields, field)) continue;
    const path = prefix + clip(field);
    problems.push({ path, expected: 'a string, number, boolean or null', got: show(inner) });
  }
}

/** A value as a problem tells of it. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'an array';
  if (isObject(value)) return 'an object';
  return clip(JSON.stringify(value));
}

function clip(value: string): string {
  return value.length > 60 ? `${value.slice(0, 60)}…` : value;
}
