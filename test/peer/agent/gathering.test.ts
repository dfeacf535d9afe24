import { expect, test } from 'vitest';
import { describeNothingGathered, describeServers } from '../../../harness/peer/agent/gathering.ts';

const at = (url: string, errorCode: number, errorText = '') => ({ t: 0, url, errorCode, errorText });
const UDP = 'turn:192.0.2.1:3478?transport=udp';
const TLS = 'turns:turn.example:5349?transport=tcp';

test('describeNothingGathered() names every server with what it answered', () => {
  const rtc: RTCConfiguration = { iceServers: [{ urls: [UDP, TLS] }], iceTransportPolicy: 'relay' };
  expect(describeNothingGathered(rtc, [at(UDP, 401, 'Unauthorized.')])).toBe(
    `gathering found no candidate to use (iceTransportPolicy relay): ${UDP}: 401 Unauthorized; ${TLS}: no answer`,
  );
});

test('describeNothingGathered() says that there are no servers if there are none', () => {
  expect(describeNothingGathered({}, [])).toBe(
    'gathering found no candidate to use (iceTransportPolicy all): there are no STUN or TURN servers',
  );
});

test.for<[string, string, ReturnType<typeof at>[], string]>([
  ['a text that the browser left out', TLS, [at(TLS, 701)], '701 the server could not be reached'],
  ['a code nobody knows', TLS, [at(TLS, 999)], '999'],
  ['the default transport left out', UDP, [at('turn:192.0.2.1:3478', 401)], '401 Unauthorized'],
  ['the same of two addresses', UDP, [at(UDP, 401), at(UDP, 401)], '401 Unauthorized'],
  ['a refusal first', TLS, [at(TLS, 701, 'x'), at(TLS, 401)], '401 Unauthorized, 701 x'],
])('describeServers() copes with %s', ([, url, errors, expected]) => {
  expect(describeServers([{ urls: url }], errors)).toBe(`${url}: ${expected}`);
});

test('describeServers() names servers that only an error speaks of', () => {
  expect(describeServers([], [at('stun:a.example', 701, 'gone')])).toBe('stun:a.example: 701 gone');
});
