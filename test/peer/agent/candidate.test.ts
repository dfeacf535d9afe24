import { expect, test } from 'vitest';
import { toCandidateRecord } from '../../../harness/peer/agent/candidate.ts';

test.for([
  [
    'candidate:842163049 1 udp 1677729535 203.0.113.7 46154 typ srflx raddr 10.0.0.1 rport 46154 generation 0',
    { type: 'srflx', protocol: 'udp', address: '203.0.113.7', port: 46154 },
  ],
  [
    'candidate:0 1 UDP 2122252543 fd99::1 50000 typ host',
    { type: 'host', protocol: 'udp', address: 'fd99::1', port: 50000 },
  ],
  [
    'candidate:1 1 TCP 2105458943 10.0.0.1 9 typ host tcptype active',
    { type: 'host', protocol: 'tcp', address: '10.0.0.1', port: 9 },
  ],
  [
    'candidate:2 1 udp 41885695 192.0.2.15 3478 typ relay raddr 0.0.0.0 rport 0',
    { type: 'relay', protocol: 'udp', address: '192.0.2.15', port: 3478 },
  ],
  [
    'candidate:3 1 udp 2113937151 9b36eaac-bb2e-49bb-bb78-21c41c499900.local 60000 typ host',
    { type: 'host', protocol: 'udp', address: '9b36eaac-bb2e-49bb-bb78-21c41c499900.local', port: 60000 },
  ],
] as const)('toCandidateRecord() reads %s', ([candidate, expected]) => {
  expect(toCandidateRecord({ candidate }, 5)).toEqual({ t: 5, candidate, ...expected });
});

test('toCandidateRecord() keeps what only the object says', () => {
  const candidate = 'candidate:2 1 udp 41885695 192.0.2.15 3478 typ relay';
  const given = { candidate, relayProtocol: 'tls', url: 'turns:turn.example' };
  expect(toCandidateRecord(given, 5)).toMatchObject({ relayProtocol: 'tls', url: 'turns:turn.example' });
});

test.for([{ candidate: '', relayProtocol: null, url: null }, {}, { candidate: 'nonsense' }])(
  'toCandidateRecord() leaves absent what nobody says: %o',
  (given: object) => {
    expect(Object.keys(toCandidateRecord(given, 5))).toEqual(['t', 'type', 'protocol', 'candidate']);
  },
);
