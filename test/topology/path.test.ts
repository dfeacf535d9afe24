import { describe, expect, test } from 'vitest';
import { isImpaired, join, pathOf } from '../../harness/topology/path.ts';
import type { Topology } from '../../harness/topology/topology.ts';

const NONE = { uplink: {}, downlink: {} };

describe('join()', () => {
  test('adds delays up, and jitter as independent deviations', () => {
    expect(join({ delayMs: 10, jitterMs: 3 }, { delayMs: 25, jitterMs: 4 })).toEqual({
      delayMs: 35,
      jitterMs: 5,
    });
  });

  test('counts the lower rate', () => {
    expect(join({ rateBps: 2e6 }, { rateBps: 1e6 }).rateBps).toBe(1e6);
    expect(join({ rateBps: 2e6 }, {}).rateBps).toBe(2e6);
  });

  test('lets the second lose of what the first left', () => {
    expect(join({ lossRatio: 0.1 }, { lossRatio: 0.1 }).lossRatio).toBeCloseTo(0.19);
  });

  test('is out if either is', () => {
    expect(join({}, { outage: true })).toEqual({ outage: true });
  });

  test('says nothing of what neither says', () => {
    expect(join({}, {})).toEqual({});
  });
});

test('pathOf() is the line of the peer and then that of its site', () => {
  const topology: Topology = {
    sites: [
      {
        name: 'office',
        nats: [],
        firewall: 'none',
        ip: ['ipv4'],
        link: { uplink: { delayMs: 10 }, downlink: {} },
      },
    ],
    peers: [
      { role: 'caller', site: 'office', link: { uplink: { delayMs: 5 }, downlink: { lossRatio: 0.1 } } },
    ],
  };
  expect(pathOf(topology, 'caller')).toEqual({ uplink: { delayMs: 15 }, downlink: { lossRatio: 0.1 } });
  expect(pathOf(topology, 'nobody')).toEqual(NONE);
});

test.for([
  [{}, false],
  [{ delayMs: 0 }, false],
  [{ delayMs: 1 }, true],
  [{ outage: true as const }, true],
] as const)('isImpaired(%o) is %s', ([impairment, expected]) => {
  expect(isImpaired(impairment)).toBe(expected);
});
