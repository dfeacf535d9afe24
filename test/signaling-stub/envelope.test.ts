import { describe, expect, test } from 'vitest';
import { readEnvelope } from '../../signaling-stub/envelope.ts';
import { parseClientFrame } from '../../signaling-stub/parse.ts';
import { openSignalingStub } from '../../signaling-stub/server.ts';
import { bye, RawClient } from './raw-client.ts';
import { seededRandom } from './random.ts';

const TO_B = '"kind":"bye","to":"b","payload":';

/** Each parses as JSON, and must not go on as it came. */
const UNUSUAL: [what: string, frame: string][] = [
  ['a second number behind the payload', `{"seq":1,${TO_B}{},"seq":9}`],
  ['the same number twice', `{"seq":1,${TO_B}{},"seq":1}`],
  ['a second number in other letters', `{"seq":1,${TO_B}{},"\\u0073eq":1}`],
  ['a second payload', `{"seq":1,${TO_B}{},"payload":{"reason":"r"}}`],
  ['a sender', `{"seq":1,${TO_B}{},"from":"c"}`],
  ['a line break between tokens', `{"seq":1,${TO_B}{\n"reason":"r"}}`],
  ['a carriage return between tokens', `{"seq":1,${TO_B}{}\r}`],
  ['space before the payload that hides what follows', `{"seq":1,${TO_B} {} , "to":"c"}`],
  ['a name that JSON may write in two ways', '{"seq":1,"kind":"bye","to":"\\u0062","payload":{}}'],
  ['an empty name', '{"seq":1,"kind":"bye","to":"","payload":{}}'],
  ['another order', '{"kind":"bye","seq":1,"payload":{}}'],
  ['a number that is none', `{"seq":01,${TO_B}{}}`],
  ['a payload of the wrong type', `{"seq":1,${TO_B}{"reason":5}}`],
  ['an offer without SDP', '{"seq":1,"kind":"description","payload":{"type":"offer"}}'],
];

describe('parseClientFrame()', () => {
  test.for([
    ['{"seq":7,"kind":"bye","payload":{}}', { seq: 7, kind: 'bye', payload: {} }],
    [
      '{"seq":8,"kind":"candidate","to":"b","connection":"screen","payload":null}',
      { seq: 8, kind: 'candidate', to: 'b', connection: 'screen', payload: null },
    ],
  ] as const)('gives the text behind the number of %s', ([text, frame]) => {
    const unnumbered = text.slice(text.indexOf(',') + 1);
    expect(parseClientFrame(text)).toEqual({ ok: true, frame, unnumbered });
  });

  test.for(UNUSUAL)('gives no text of a frame with %s', ([, frame]) => {
    expect(parseClientFrame(frame)).not.toHaveProperty('unnumbered');
  });

  test('reads a frame to the same value, whether its text may go on or not', () => {
    const random = seededRandom(3);
    const pieces = [
      '{',
      '}',
      '"',
      ',',
      ':',
      '"seq":2',
      '"payload":',
      '"to":"c"',
      '{}',
      'null',
      ' ',
      '\\u0062',
    ];
    const frame = `{"seq":1,${TO_B}{"reason":"r"}}`;
    let usual = 0;
    for (let count = 0; count < 20_000; count++) {
      const at = Math.floor(random() * frame.length);
      const piece = pieces[Math.floor(random() * pieces.length)]!;
      const text = frame.slice(0, at) + piece + frame.slice(at + Math.floor(random() * 3));
      const parsed = parseClientFrame(text);
      if (!parsed.ok || parsed.unnumbered === undefined) continue;
      usual++;
      const read = JSON.parse(text) as Record<string, unknown>;
      expect(read).toEqual(JSON.parse(JSON.stringify(parsed.frame)));
      // The recipient's number stands before it, and nothing behind it may say otherwise.
      const relayed: unknown = JSON.parse(`{"seq":99,"from":"a",${parsed.unnumbered}`);
      expect(relayed).toEqual({ ...read, seq: 99, from: 'a' });
    }
    expect(usual).toBeGreaterThan(100);
  });
});

test('readEnvelope() leaves the payload unread', () => {
  expect(readEnvelope(`{"seq":1,${TO_B}nonsense}`)).toMatchObject({ to: 'b', payloadText: 'nonsense' });
});

test('a message reaches its recipient with one number, whatever its sender wrote behind the payload', async () => {
  await using stub = await openSignalingStub();
  await using a = await RawClient.join(stub, 'r', 'a');
  await using b = await RawClient.join(stub, 'r', 'b');
  a.sendRaw(`{"seq":1,${TO_B}{"reason":"usual"}}`);
  a.sendRaw(`{"seq":2,${TO_B}{"reason":"twice"},"seq":2}`);
  a.send(bye(3, 'b', 'last'));
  const numbers = [await b.next('bye'), await b.next('bye'), await b.next('bye')];
  expect(numbers).toEqual(
    ['usual', 'twice', 'last'].map((reason, index) => ({
      seq: index + 2,
      kind: 'bye',
      room: 'r',
      from: 'a',
      to: 'b',
      payload: { reason },
    })),
  );
});
