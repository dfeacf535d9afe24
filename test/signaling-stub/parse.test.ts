import { describe, expect, test } from 'vitest';
import { parseClientFrame, readSeq, renderFrameProblems } from '../../signaling-stub/parse.ts';
import { seededRandom } from './random.ts';

const VALID = [
  { kind: 'join', room: 'r', peer: 'p', token: 't', key: 'k'.repeat(16), lastSeq: 0 },
  { kind: 'leave' },
  { kind: 'ping' },
  { kind: 'ack', seq: 0 },
  { kind: 'description', seq: 1, to: 'callee', payload: { type: 'offer', sdp: 'v=0' } },
  { kind: 'description', seq: 2, payload: { type: 'rollback' } },
  { kind: 'candidate', seq: 3, connection: 'screen', payload: null },
  {
    kind: 'candidate',
    seq: 4,
    payload: { candidate: '', sdpMid: '0', sdpMLineIndex: 0, usernameFragment: null },
  },
  { kind: 'candidate', seq: 5, payload: { candidate: 'c', relayProtocol: 'udp' } },
  { kind: 'bye', seq: 6, payload: { reason: 'hang-up' } },
];

const INVALID: [frame: object, path: string][] = [
  [{ kind: 'join', room: '', peer: 'p' }, 'room'],
  [{ kind: 'join', room: 'r', peer: 'line\nbreak' }, 'peer'],
  [{ kind: 'join', room: 'r', peer: 'x'.repeat(129) }, 'peer'],
  [{ kind: 'join', room: 'r', peer: 'p', key: 'short' }, 'key'],
  [{ kind: 'ack', seq: -1 }, 'seq'],
  [{ kind: 'bye', seq: 1.5, payload: {} }, 'seq'],
  [{ kind: 'bye', seq: 1 }, 'payload'],
  [{ kind: 'bye', seq: 1, payload: [] }, 'payload'],
  [{ kind: 'bye', seq: 1, payload: { reason: 5 } }, 'payload.reason'],
  [{ kind: 'description', seq: 1, payload: { type: 'ofer', sdp: '' } }, 'payload.type'],
  [{ kind: 'description', seq: 1, payload: { type: 'offer' } }, 'payload.sdp'],
  [{ kind: 'candidate', seq: 1, payload: { sdpMLineIndex: -1 } }, 'payload.sdpMLineIndex'],
  [{ kind: 'candidate', seq: 1, payload: { extra: { nested: [] } } }, 'payload.extra'],
  [{ kind: 'leave', why: 'no' }, 'why'],
  [{ kind: 'roster', seq: 1 }, 'kind'],
  [{ kind: 'constructor' }, 'kind'],
];

describe('parseClientFrame()', () => {
  test.for(VALID)('takes %j', (frame) => {
    expect(parseClientFrame(JSON.stringify(frame))).toEqual({ ok: true, frame });
  });

  test.for(INVALID)('refuses %j and names %s', ([frame, path]) => {
    const parsed = parseClientFrame(JSON.stringify(frame));
    expect(parsed.ok ? [] : parsed.problems.map((problem) => problem.path)).toEqual([path]);
  });

  test('tells every problem at once, with the number of the frame', () => {
    const parsed = parseClientFrame(
      '{"kind":"description","seq":7,"to":5,"payload":{"type":1,"sdp":2},"x":1}',
    );
    expect(parsed).toMatchObject({ ok: false, seq: 7 });
    expect(parsed.ok ? '' : renderFrameProblems(parsed.problems)).toBe(
      'to: expected a name of 1 to 128 printable characters, got 5; ' +
        'payload.type: expected offer, answer, pranswer or rollback, got 1; ' +
        'payload.sdp: expected a string, got 2; ' +
        'x: expected one of kind, seq, to, connection, payload, got an unknown field',
    );
  });

  test('refuses a prototype hidden in a frame', () => {
    expect(parseClientFrame('{"kind":"ping","__proto__":{"seq":1}}').ok).toBe(false);
  });

  test('never throws, whatever comes', () => {
    const random = seededRandom(1);
    const sources = [...VALID, ...INVALID.map(([frame]) => frame)].map((frame) => JSON.stringify(frame));
    const garbage = ['', 'null', '[]', '"', '5', '{', '[['.repeat(100_000), '{"a":'.repeat(50_000), '\u0000'];
    const mutated = Array.from({ length: 5000 }, () => mutate(sources, random));
    for (const text of [...garbage, ...mutated]) {
      expect(typeof parseClientFrame(text).ok).toBe('boolean');
    }
  });
});

test('readSeq() is undefined if there is no usable number', () => {
  expect([readSeq('{"seq":3}'), readSeq('{"seq":"3"}'), readSeq('{"seq":0}'), readSeq('[')]).toEqual([
    3,
    undefined,
    undefined,
    undefined,
  ]);
});

/** A frame with some of its characters replaced, cut out or doubled. */
function mutate(sources: string[], random: () => number): string {
  let text = sources[Math.floor(random() * sources.length)] ?? '';
  for (let times = Math.floor(random() * 4); times >= 0; times -= 1) {
    const at = Math.floor(random() * text.length);
    const length = Math.floor(random() * 5);
    const piece = random() < 0.5 ? text.slice(at, at + length * 3) : '{}[]",:\\u\ud800'.charAt(random() * 11);
    text = text.slice(0, at) + piece + text.slice(at + length);
  }
  return text;
}
