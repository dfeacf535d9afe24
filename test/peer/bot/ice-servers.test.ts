import { expect, test } from 'vitest';
import { toIceServers, whyNoRelay } from '../../../harness/peer/bot/engines/ice-servers.ts';

const CREDENTIALS = { username: 'u', credential: 'p' };

test('toIceServers() makes one server of each URL, with the ports that are usual', () => {
  const urls = ['turn:192.0.2.1', 'turn:[2001:db8::1]:80?transport=tcp', 'turns:turn.example.org'];
  const known = { username: 'u', password: 'p' };
  expect(toIceServers([{ urls: 'stun:192.0.2.1:19302' }, { urls, ...CREDENTIALS }])).toEqual([
    { hostname: '192.0.2.1', port: 19_302 },
    { hostname: '192.0.2.1', port: 3478, relayType: 'TurnUdp', ...known },
    { hostname: '2001:db8::1', port: 80, relayType: 'TurnTcp', ...known },
    { hostname: 'turn.example.org', port: 5349, relayType: 'TurnTls', ...known },
  ]);
  expect(toIceServers([{ urls: 'http://192.0.2.1' }])).toEqual([]);
});

test.for<[RTCConfiguration, string | undefined]>([
  [{}, undefined],
  [{ iceServers: [{ urls: 'stun:192.0.2.1' }] }, undefined],
  [{ iceServers: [{ urls: ['turn:192.0.2.1', 'turns:192.0.2.1'], ...CREDENTIALS }] }, undefined],
  [{ iceServers: [{ urls: 'turns:192.0.2.1', ...CREDENTIALS }] }, 'reach a TURN server over TCP or TLS'],
  [
    { iceServers: [{ urls: 'turn:192.0.2.1', ...CREDENTIALS }], iceTransportPolicy: 'relay' },
    'keep to relayed paths',
  ],
])('whyNoRelay() of %j says what cannot be done: %s', ([rtc, expected]) => {
  expect(whyNoRelay(rtc)).toBe(expected);
});
