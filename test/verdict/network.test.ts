import { expect, test } from 'vitest';
import { NetworkResult } from '../../harness/result.ts';
import { networkResult } from '../../harness/verdict/network.ts';
import { homes, networkOf } from '../fixtures/comparing.ts';
import { recordedCall } from '../fixtures/recorded.ts';

const { record } = recordedCall();

test('networkResult() says the network in words', () => {
  const network = networkOf({
    topology: homes({ uplink: { delayMs: 25 } }),
    ice: { servers: ['stun', 'turn-udp'], policy: 'relay', credentials: 'valid' },
    links: [
      {
        t: record.startMs,
        link: 'site:caller',
        direction: 'uplink',
        configured: { delayMs: 25 },
        measured: { delayMs: 25.06, packets: 100 },
      },
    ],
    changes: [
      {
        askedMs: record.startMs + 2000,
        effectiveMs: record.startMs + 2010.4,
        role: 'caller',
        what: 'outage',
        problem: 'none',
      },
    ],
    allocations: [{ role: 'caller', transport: 'udp', t: 0, client: '198.51.100.11:1', receivedBytes: 9 }],
    refusals: [
      { t: 0, role: 'callee', code: 401, reason: 'Unauthorized' },
      { t: 0, reason: 'no such realm' },
    ],
    captures: ['calls/1/wan.pcapng'],
  });
  const result = networkResult({ ...record, network });
  const home =
    'behind a port-restricted NAT (mapping endpoint-independent, filtering address-and-port-dependent)';
  expect(result).toEqual({
    level: 'lab',
    backend: 'wirefilter',
    places: { caller: `${home}; line uplink delay 25 ms`, callee: home },
    ice: 'stun, turn-udp (relay only)',
    links: [{ link: 'site:caller', direction: 'uplink', configured: 'delay 25 ms', measured: '25.1 ms' }],
    changes: [{ atMs: 2010, role: 'caller', what: 'outage', problem: 'none' }],
    allocations: [{ role: 'caller', transport: 'udp' }],
    refusals: ['callee: 401 Unauthorized', 'no such realm'],
    captures: ['calls/1/wan.pcapng'],
  });
  expect(NetworkResult.parse(result)).toEqual(result);
});

test('networkResult() is undefined if the call is of a run that knew no networks', () => {
  expect(networkResult(record)).toBeUndefined();
});
