import { describe, expect, test } from 'vitest';
import { layOut, sameShape, type Emulate } from '../../../harness/network/lab/layout.ts';
import { parseNetwork } from '../../../harness/topology/parse.ts';
import type { NetworkSpec } from '../../../harness/topology/spec.ts';
import type { Topology } from '../../../harness/topology/topology.ts';

function topologyOf(spec: NetworkSpec): Topology {
  const roles = 'sites' in spec && 'peers' in spec ? Object.keys(spec.peers) : Object.keys(spec);
  return parseNetwork(spec, { roles, path: 'network' }, [])!;
}

const lay = (spec: NetworkSpec, emulate: Emulate = 'configured') => layOut(topologyOf(spec), emulate);
const emulated = (spec: NetworkSpec, emulate: Emulate) =>
  lay(spec, emulate)
    .links.filter((link) => link.emulated)
    .map(({ id }) => id);

const SHARED: NetworkSpec = { sites: { office: {} }, peers: { caller: 'office', callee: 'office' } };
const ONE_IMPAIRED: NetworkSpec = { caller: { link: { uplink: { delay: '10ms' } } }, callee: {} };

describe('layOut()', () => {
  test('gives each site a router with the address that the world sees, and each peer one behind it', () => {
    const { routers, peers } = lay({ caller: {}, callee: { ip: ['ipv4', 'ipv6'] } });
    expect(routers.map(({ namespace, outside }) => [namespace, outside.ipv4])).toEqual([
      ['router-1', '198.51.100.11'],
      ['router-2', '198.51.100.12'],
    ]);
    expect(peers.map(({ addresses }) => addresses)).toEqual([
      { ipv4: '192.168.1.2' },
      { ipv4: '192.168.2.2', ipv6: '2001:db8:2::2' },
    ]);
  });

  test('puts the second NAT between the first and the world', () => {
    const { routers, links, middles } = lay({
      caller: { nat: ['full-cone', 'symmetric'], firewall: 'only-443' },
    });
    expect(
      routers.map(({ namespace, outside, inside, firewall }) => [
        namespace,
        outside.ipv4,
        inside.ipv4,
        firewall,
      ]),
    ).toEqual([
      ['router-1', '100.64.1.2', '192.168.1.1', 'only-443'],
      ['carrier-1', '198.51.100.11', '100.64.1.1', 'none'],
    ]);
    expect(links.map(({ cable }) => cable.a.namespace)).toEqual(['carrier-1', 'peer-1']);
    expect(middles).toHaveLength(1);
  });

  test('gives peers the addresses they asked for, and the others the next free ones', () => {
    const topology = topologyOf({
      sites: { office: {}, home: {} },
      peers: {
        a: 'office',
        b: { site: 'office', address: '192.168.1.2' },
        c: 'office',
        d: { site: 'home', address: '192.168.2.77' },
        e: 'home',
      },
    });
    const laid = layOut(topology, 'configured').peers.map(({ role, addresses }) => [role, addresses.ipv4]);
    expect(laid).toEqual([
      ['a', '192.168.1.3'],
      ['b', '192.168.1.2'],
      ['c', '192.168.1.4'],
      ['d', '192.168.2.77'],
      ['e', '192.168.2.2'],
    ]);
  });

  test.for<[string, NetworkSpec, Emulate, string[]]>([
    ['no link if none is impaired', { caller: {} }, 'configured', []],
    ['the links that are impaired', ONE_IMPAIRED, 'configured', ['site:caller']],
    ['the line of every site', ONE_IMPAIRED, 'all', ['site:caller', 'site:callee']],
    [
      'the peers’ own lines where they share a site',
      SHARED,
      'all',
      ['site:office', 'peer:caller', 'peer:callee'],
    ],
  ])('has the emulator lay %s', ([_, spec, emulate, expected]) => {
    expect(emulated(spec, emulate)).toEqual(expected);
  });

  test.for<[string, Partial<Topology>]>([
    ['a peer is at no site', { peers: [{ role: 'a', site: 'b', link: { uplink: {}, downlink: {} } }] }],
    [
      'there are more sites than addresses',
      { sites: Array.from({ length: 201 }, () => topologyOf({ a: {} }).sites[0]!) },
    ],
  ])('throws NetworkError if %s', ([_, topology]) => {
    expect(() => layOut({ sites: [], peers: [], ...topology }, 'all')).toThrow('cannot make this network');
  });
});

describe('sameShape()', () => {
  const plain = lay({ caller: {}, callee: {} }, 'all');

  test.for<[boolean, string, NetworkSpec]>([
    [true, 'NATs', { caller: { nat: 'symmetric' }, callee: {} }],
    [true, 'firewalls', { caller: { firewall: 'only-443' }, callee: {} }],
    [true, 'impairments', ONE_IMPAIRED],
    [false, 'a NAT more', { caller: { nat: ['symmetric', 'symmetric'] }, callee: {} }],
    [true, 'no NAT at all', { caller: { nat: 'none' }, callee: {} }],
    [false, 'IP versions', { caller: { ip: ['ipv6'] }, callee: {} }],
    [false, 'a shared site', SHARED],
  ])('is %s if only this differs: %s', ([expected, _, other]) => {
    expect(sameShape(plain, lay(other, 'all'))).toBe(expected);
  });
});
