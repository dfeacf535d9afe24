import type { ClientFrame, RelayKind } from './protocol.ts';

/** What a field must be. */
export interface Rule {
  expected: string;
  holds(value: unknown): boolean;
  optional?: true;
  /** What an object that holds must have inside. */
  fields?: Fields;
  /** Takes further keys with plain values: browsers add to these dictionaries over time. */
  open?: true;
}
export type Fields = Readonly<Record<string, Rule>>;
export type JsonObject = Record<string, unknown>;

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

/** What each kind of message must hold. */
export const PAYLOADS: Readonly<Record<RelayKind, Rule>> = { description, candidate, bye };

const envelope = { seq, to: optional(name), connection: optional(name) };
/** The fields of each kind of frame, beside `kind`. */
export const FRAMES: ReadonlyMap<unknown, Fields> = new Map<unknown, Fields>([
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
  ['description', { ...envelope, payload: PAYLOADS.description }],
  ['candidate', { ...envelope, payload: PAYLOADS.candidate }],
  ['bye', { ...envelope, payload: PAYLOADS.bye }],
] satisfies [ClientFrame['kind'], Fields][]);

function optional(rule: Rule): Rule {
  return { ...rule, optional: true };
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isSeq(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}
