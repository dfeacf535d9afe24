import { describe, expect, test } from 'vitest';
import type { Impairment, Link, Topology } from '../../harness/topology/topology.ts';
import { pathBetween } from '../../harness/verdict/path.ts';

const line = (uplink: Impairment = {}, downlink: Impairment = {}): Link => ({ uplink, downlink });

function between(sites: Record<string, Link>, peers: Record<string, [site: string, link: Link]>): Topology {
  return {
    sites: Object.entries(sites).map(([name, link]) => ({
      name,
      nats: [],
      firewall: 'none',
      ip: ['ipv4'],
      link,
    })),
    peers: Object.entries(peers).map(([role, [site, link]]) => ({ role, site, link })),
  };
}

describe('pathBetween()', () => {
  const apart = between(
    {
      a: line({ delayMs: 10, lossRatio: 0.1, rateBps: 2e6 }),
      b: line({ delayMs: 500 }, { delayMs: 3, jitterMs: 3, lossBurst: 4 }),
    },
    {
      caller: ['a', line({ delayMs: 1, jitterMs: 4 })],
      callee: ['b', line({}, { lossRatio: 0.5, rateBps: 1e6 })],
    },
  );

  test('adds up uplinks at the sender and downlinks at the receiver', () => {
    expect(pathBetween(apart, 'caller', 'callee', false)).toEqual({
      delayMs: 14,
      jitterMs: 5,
      lossRatio: 0.55,
      lossBurst: 4,
      rateBps: 1e6,
    });
    expect(pathBetween(apart, 'callee', 'caller', false)).toEqual({ delayMs: 500 });
  });

  test("leaves the site's line out between peers of one site, unless they are relayed", () => {
    const office = between(
      { office: line({ delayMs: 20 }, { delayMs: 20, outage: true }) },
      { caller: ['office', line({ delayMs: 1 })], callee: ['office', line()] },
    );
    expect(pathBetween(office, 'caller', 'callee', false)).toEqual({ delayMs: 1 });
    expect(pathBetween(office, 'caller', 'callee', true)).toEqual({ delayMs: 41, outage: true });
  });

  test('is undefined if a role has no place', () => {
    expect(pathBetween(apart, 'caller', 'nobody', false)).toBeUndefined();
  });
});
