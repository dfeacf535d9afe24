import { checkField, checkFields, show, type FrameProblem } from './check-fields.ts';
import { readEnvelope } from './envelope.ts';
import { FRAMES, isObject, isSeq, PAYLOADS } from './frame-rules.ts';
import type { ClientFrame, SendFrame } from './protocol.ts';

export type { FrameProblem } from './check-fields.ts';

export type ParsedFrame =
  /** `unnumbered` is the frame's own text behind its number, where it was found to hold the frame and nothing else. */
  | { ok: true; frame: ClientFrame; unnumbered?: string }
  /** `seq` is there when the frame had a usable number all the same. */
  | { ok: false; problems: FrameProblem[]; seq: number | undefined };

/** Reads a client's frame. Never throws: whatever came, the answer is a frame or every problem with it. */
export function parseClientFrame(frame: string): ParsedFrame {
  return parseUsual(frame) ?? parseAny(frame);
}

/** `undefined` unless the frame is written as our own client writes it, and nothing is wrong with it. */
function parseUsual(frame: string): ParsedFrame | undefined {
  const envelope = readEnvelope(frame);
  if (!envelope) return undefined;
  const { seq, kind, to, connection, payloadText, unnumbered } = envelope;
  const payload = parseJson(payloadText);
  const problems: FrameProblem[] = [];
  checkField(payload, PAYLOADS[kind], { prefix: '', field: 'payload' }, problems);
  if (kind === 'description' && problems.length === 0) checkSdp(payload, problems);
  if (problems.length > 0) return undefined;
  return { ok: true, frame: { kind, seq, to, connection, payload } as SendFrame, unnumbered };
}

function parseAny(frame: string): ParsedFrame {
  const value = parseJson(frame);
  if (!isObject(value)) return failure([{ path: '', expected: 'a JSON object', got: show(value ?? frame) }]);
  const fields = FRAMES.get(value.kind);
  if (!fields) {
    return failure(
      [{ path: 'kind', expected: [...FRAMES.keys()].join(', '), got: show(value.kind) }],
      value.seq,
    );
  }
  const problems: FrameProblem[] = [];
  checkFields(value, { fields, prefix: '', known: 'kind' }, problems);
  if (value.kind === 'description' && problems.length === 0) checkSdp(value.payload, problems);
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

function checkSdp(payload: unknown, problems: FrameProblem[]): void {
  const { type, sdp } = payload as { type: string; sdp?: string };
  if (sdp !== undefined || type === 'rollback') return;
  problems.push({ path: 'payload.sdp', expected: `a string in an ${type}`, got: 'nothing' });
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
