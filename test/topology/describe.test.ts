import { describe, expect, test } from 'vitest';
import {
  describeIce,
  describeImpairment,
  describeLink,
  describeMeasured,
  describePlace,
  describeSite,
} from '../../harness/topology/describe.ts';
import type { Topology } from '../../harness/topology/topology.ts';

test.for([
  [{}, 'unimpaired'],
  [{ delayMs: 0, lossRatio: 0 }, 'unimpaired'],
  [{ delayMs: 25, lossRatio: 0.05 }, 'delay 25 ms, loss 5 %'],
  [{ lossRatio: 0.005, lossBurst: 4 }, 'loss 0.5 % in runs of 4'],
  [{ rateBps: 1_500_000, jitterMs: 2.5 }, 'jitter 2.5 ms, rate 1.5 Mbit/s'],
  [
    { rateBps: 300_000, duplicateRatio: 0.01, reorderRatio: 0.02 },
    'rate 300 kbit/s, duplicate 1 %, reorder 2 %',
  ],
  [{ delayMs: 1500 }, 'delay 1500 ms'],
  [{ outage: true, delayMs: 5 }, 'outage'],
] as const)('describeImpairment(%o) is "%s"', ([impairment, words]) => {
  expect(describeImpairment(impairment)).toBe(words);
});

describe('describeLink()', () => {
  test('says once what both directions have', () => {
    const delay = { delayMs: 25 };
    expect(describeLink({ uplink: delay, downlink: delay })).toBe('delay 25 ms each way');
  });

  test('names the directions that are impaired', () => {
    expect(describeLink({ uplink: { lossRatio: 0.1 }, downlink: {} })).toBe('uplink loss 10 %');
    expect(describeLink({ uplink: { lossRatio: 0.1 }, downlink: { rateBps: 1e6 } })).toBe(
      'uplink loss 10 %; downlink rate 1 Mbit/s',
    );
    expect(describeLink({ uplink: {}, downlink: {} })).toBe('');
  });
});

test.for([
  [{ delayMs: 25.123, lossRatio: 0.048, packets: 500 }, '25.1 ms, 4.8 % lost of 500 packets'],
  [{ delayMs: 25, jitterMs: 2, rateBps: 987_654, packets: 9 }, '25 ms, ± 2 ms, 988 kbit/s'],
  [{ packets: 0 }, 'not measured'],
])('describeMeasured(%o) is "%s"', ([measured, words]) => {
  expect(describeMeasured(measured as { packets: number })).toBe(words);
});

const INDEPENDENT = 'endpoint-independent';
const DEPENDENT = 'address-and-port-dependent';

describe('describeSite()', () => {
  test('says the NAT in both vocabularies, and the firewall', () => {
    const nats = [{ mapping: INDEPENDENT, filtering: DEPENDENT } as const];
    expect(describeSite({ nats, firewall: 'udp-blocked', ip: ['ipv4'] })).toBe(
      'behind a port-restricted NAT (mapping endpoint-independent, filtering address-and-port-dependent), UDP blocked',
    );
  });

  test('leaves the gloss out if a NAT has none, and lists NATs from the peer outwards', () => {
    const nats = [
      { mapping: INDEPENDENT, filtering: INDEPENDENT },
      { mapping: 'address-dependent', filtering: DEPENDENT },
    ] as const;
    expect(describeSite({ nats: [...nats], firewall: 'none', ip: ['ipv4'] })).toBe(
      'behind a full-cone NAT (mapping endpoint-independent, filtering endpoint-independent) ' +
        'behind a NAT (mapping address-dependent, filtering address-and-port-dependent)',
    );
  });

  test('says the IP version if it is not IPv4 alone', () => {
    expect(describeSite({ nats: [], firewall: 'only-443', ip: ['ipv6'] })).toBe(
      'without a NAT, only TCP 443 open, IPv6 only',
    );
    expect(describeSite({ nats: [], firewall: 'none', ip: ['ipv4', 'ipv6'] })).toBe(
      'without a NAT, IPv4 and IPv6',
    );
  });
});

const unimpaired = () => ({ uplink: {}, downlink: {} });

describe('describePlace()', () => {
  const office = { name: 'office', nats: [], firewall: 'none', ip: ['ipv4'], link: unimpaired() } as const;
  const topology: Topology = {
    sites: [
      { ...office, nats: [], ip: ['ipv4'], link: { uplink: { delayMs: 5 }, downlink: { delayMs: 5 } } },
    ],
    peers: [
      { role: 'caller', site: 'office', link: { uplink: { lossRatio: 0.02 }, downlink: {} } },
      { role: 'callee', site: 'office', link: unimpaired() },
    ],
  };

  test('says site and lines', () => {
    expect(describePlace(topology, 'caller')).toBe(
      'without a NAT; in the site office; line delay 5 ms each way; own line uplink loss 2 %',
    );
  });

  test('is undefined if the role has no place', () => {
    expect(describePlace(topology, 'nobody')).toBeUndefined();
  });
});

test.for([
  [{ servers: ['stun', 'turn-udp'], policy: 'relay', credentials: 'valid' }, 'stun, turn-udp (relay only)'],
  [{ servers: [], policy: 'all', credentials: 'valid' }, 'no servers'],
  [
    { servers: ['turn-tls'], policy: 'relay', credentials: 'wrong' },
    'turn-tls (relay only, wrong credentials)',
  ],
] as const)('describeIce(%o) is "%s"', ([plan, words]) => {
  expect(describeIce({ ...plan, servers: [...plan.servers] })).toBe(words);
});
