import type { ClientFrame } from './protocol.ts';

/** One thing wrong with a frame. */
export interface FrameProblem {
  /** `payload.sdp`; empty for the frame itself. */
  path: string;
  expected: string;
  got: string;
}

export type ParsedFrame =
  | { ok: true; frame: ClientFrame }
  /** `seq` is there when the frame had a usable number all the same. */
  | { ok: false; problems: FrameProblem[]; seq: number | undefined };

interface Rule {
  expected: string;
  holds(value: unknown): boolean;
  optional?: true;
  /** What an object that holds must have inside. */
  fields?: Fields;
  /** Takes further keys with plain values: browsers add to these dictionaries over time. */
  open?: true;
}
type Fields = Readonly<Record<string, Rule>>;
type JsonObject = Record<string, unknown>;

const NAME_LENGTH = 128;
const NAME = /^[^\p{Cc}\p{Cs}]+$/u;

const name: Rule = {
  expected: `a name of 1 to ${NAME_LENGTH} printable characters`,
  holds: (value) => typeof value === 'string' && value.length <= NAME_LENGTH && NAME.test(value),
};
const text: Rule = { expected: 'a string', holds: (value) => typeof value === 'string' };
const nullableText: Rule = {
  expected: 'a string or null',
  holds: (value) => value === null || typeof value === 'string',
};
const lineIndex: Rule = {
  expected: 'an integer from 0 to 65535, or null',
  holds: (value) =>
    value === null || (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 65_535),
};
const seq: Rule = { expected: 'an integer from 1', holds: isSeq };
const lastSeq: Rule = { expected: 'an integer from 0', holds: (value) => value === 0 || isSeq(value) };
const key: Rule = {
  expected: 'a secret of 16 to 128 characters',
  holds: (value) => typeof value === 'string' && value.length >= 16 && value.length <= 128,
};

const description: Rule = {
  expected: 'an object {type, sdp}',
  holds: isObject,
  open: true,
  fields: {
    type: {
      expected: 'offer, answer, pranswer or rollback',
      holds: (value) =>
        value === 'offer' || value === 'answer' || value === 'pranswer' || value === 'rollback',
    },
    sdp: optional(text),
    id: optional(text),
  },
};
const candidate: Rule = {
  expected: 'an object {candidate, sdpMid, sdpMLineIndex, usernameFragment}, or null',
  holds: (value) => value === null || isObject(value),
  open: true,
  fields: {
    candidate: optional(text),
    sdpMid: optional(nullableText),
    sdpMLineIndex: optional(lineIndex),
    usernameFragment: optional(nullableText),
  },
};
const bye: Rule = {
  expected: 'an object {reason?}',
  holds: isObject,
  open: true,
  fields: { reason: optional(text) },
};

const envelope = { seq, to: optional(name), connection: optional(name) };
const FRAMES = new Map<unknown, Fields>([
  [
    'join',
    {
      room: name,
      peer: name,
      token: optional(text),
      key: optional(key),
      owner: optional(key),
      lastSeq: optional(lastSeq),
    },
  ],
  ['leave', {}],
  ['ack', { seq: lastSeq }],
  ['ping', {}],
  ['description', { ...envelope, payload: description }],
  ['candidate', { ...envelope, payload: candidate }],
  ['bye', { ...envelope, payload: bye }],
] satisfies [ClientFrame['kind'], Fields][]);

/** Reads a client's frame. Never throws: whatever came, the answer is a frame or every problem with it. */
export function parseClientFrame(frame: string): ParsedFrame {
  const value = parseJson(frame);
  if (!isObject(value)) return failure([{ path: '', expected: 'a JSON object', got: show(value ?? frame) }]);
  const fields = FRAMES.get(value.kind);
  if (!fields) {
    return failure(
      [{ path: 'kind', expected: [...FRAMES.keys()].join(', '), got: show(value.kind) }],
      value.seq,
    );
  }
  const problems = checkFields(value, fields, '', 'kind');
  if (value.kind === 'description' && problems.length === 0) problems.push(...checkSdp(value.payload));
  return problems.length === 0
    ? { ok: true, frame: value as unknown as ClientFrame }
    : failure(problems, value.seq);
}

/** The number of a frame that will not be read any further, if it has one. */
export function readSeq(frame: string): number | undefined {
  const value = parseJson(frame);
  return isObject(value) && isSeq(value.seq) ? value.seq : undefined;
}

/** `payload.sdp: expected a string, got 5; …` */
export function renderFrameProblems(problems: readonly FrameProblem[]): string {
  return problems
    .map(({ path, expected, got }) => `${path ? `${path}: ` : ''}expected ${expected}, got ${got}`)
    .join('; ');
}

function checkFields(value: JsonObject, fields: Fields, prefix: string, known?: string): FrameProblem[] {
  const problems: FrameProblem[] = [];
  for (const [field, rule] of Object.entries(fields)) {
    problems.push(...checkField(value[field], rule, prefix + field));
  }
  for (const field of Object.keys(value)) {
    if (field === known || Object.hasOwn(fields, field)) continue;
    problems.push({
      path: prefix + clip(field),
      expected: `one of ${[known, ...Object.keys(fields)].filter(Boolean).join(', ')}`,
      got: 'an unknown field',
    });
  }
  return problems;
}

const NOTHING: readonly FrameProblem[] = [];

function checkField(value: unknown, rule: Rule, path: string): readonly FrameProblem[] {
  if (value === undefined && rule.optional) return NOTHING;
  if (!rule.holds(value)) return [{ path, expected: rule.expected, got: show(value) }];
  if (!rule.fields || !isObject(value)) return NOTHING;
  if (!rule.open) return checkFields(value, rule.fields, `${path}.`);
  return checkOpenFields(value, rule.fields, `${path}.`);
}

function checkOpenFields(value: JsonObject, fields: Fields, prefix: string): FrameProblem[] {
  const problems: FrameProblem[] = [];
  for (const field of Object.keys(fields)) {
    problems.push(...checkField(value[field], fields[field] as Rule, prefix + field));
  }
  for (const field of Object.keys(value)) {
    const inner = value[field];
    // Only plain values: a payload nested ten thousand deep parses, and then overflows the stack when written.
    if (typeof inner !== 'object' || inner === null || Object.hasOwn(fields, field)) continue;
    const path = prefix + clip(field);
    problems.push({ path, expected: 'a string, number, boolean or null', got: show(inner) });
  }
  return problems;
}

function checkSdp(payload: unknown): FrameProblem[] {
  const { type, sdp } = payload as { type: string; sdp?: string };
  return sdp === undefined && type !== 'rollback'
    ? [{ path: 'payload.sdp', expected: `a string in an ${type}`, got: 'nothing' }]
    : [];
}

function parseJson(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}

function failure(problems: FrameProblem[], number?: unknown): ParsedFrame {
  return { ok: false, problems, seq: isSeq(number) ? number : undefined };
}

function optional(rule: Rule): Rule {
  return { ...rule, optional: true };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSeq(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'an array';
  if (isObject(value)) return 'an object';
  return clip(JSON.stringify(value));
}

function clip(value: string): string {
  return value.length > 60 ? `${value.slice(0, 60)}…` : value;
}
