import { expect, test } from 'vitest';
import { renderProblem, type Problem } from '../../harness/errors.ts';
import { siteAddresses } from '../../harness/topology/addresses.ts';
import { parseNetwork } from '../../harness/topology/parse.ts';
import { NATS, NETWORKS } from '../../harness/topology/presets.ts';

const ROLES = ['caller', 'callee'];

function parse(spec: unknown, roles: string[] = ROLES) {
  const problems: Problem[] = [];
  const topology = parseNetwork(spec, { roles, path: 'network' }, problems);
  return { topology, problems: problems.map(renderProblem) };
}

test.for(Object.keys(NETWORKS))('parseNetwork() knows %s', (name) => {
  const { topology, problems } = parse({ caller: name, callee: 'lan' });
  expect(problems).toEqual([]);
  expect(topology?.sites[0]?.name).toBe('caller');
});

test('parseNetwork() gives each role a site of its own', () => {
  const { topology } = parse({ caller: 'home', callee: { nat: 'symmetric', firewall: 'only-443' } });
  expect(topology).toEqual({
    sites: [
      {
        name: 'caller',
        nats: [NATS['port-restricted']],
        firewall: 'none',
        ip: ['ipv4'],
        link: {
          uplink: { rateBps: 5_000_000, delayMs: 10 },
          downlink: { rateBps: 20_000_000, delayMs: 10 },
        },
      },
      {
        name: 'callee',
        nats: [NATS.symmetric],
        firewall: 'only-443',
        ip: ['ipv4'],
        link: { uplink: {}, downlink: {} },
      },
    ],
    peers: [
      { role: 'caller', site: 'caller', link: { uplink: {}, downlink: {} } },
      { role: 'callee', site: 'callee', link: { uplink: {}, downlink: {} } },
    ],
  });
});

test('parseNetwork() puts peers into shared sites, with their own line and address', () => {
  const { topology, problems } = parse({
    sites: { office: { like: 'corporate', firewall: 'none' }, 'far-away': 'satellite' },
    peers: { caller: { site: 'office', link: 'lossy-wifi', address: '192.168.1.77' }, callee: 'office' },
  });
  expect(problems).toEqual([]);
  expect(topology?.sites.map(({ name, firewall }) => [name, firewall])).toEqual([
    ['office', 'none'],
    ['far-away', 'none'],
  ]);
  expect(topology?.peers[0]).toMatchObject({
    address: '192.168.1.77',
    link: { uplink: { lossRatio: 0.03, lossBurst: 4 } },
  });
});

test('parseNetwork() takes two NATs from the peers outwards, and routed addresses', () => {
  const own = { mapping: 'endpoint-independent', filtering: 'address-dependent' };
  const { topology } = parse({ caller: { nat: [own, 'symmetric'] }, callee: { nat: 'none' } });
  expect(topology?.sites.map(({ nats }) => nats)).toEqual([[own, NATS.symmetric], []]);
});

test('parseNetwork() leaves the NAT of a preset out if the site has IPv6 only', () => {
  const { topology } = parse({ caller: { like: 'home', ip: ['ipv6'] }, callee: { ip: ['ipv4', 'ipv6'] } });
  expect(topology?.sites.map(({ nats, ip }) => [nats.length, ip])).toEqual([
    [0, ['ipv6']],
    [1, ['ipv4', 'ipv6']],
  ]);
});

test('parseNetwork() never hands a preset itself out', () => {
  const { topology } = parse({ caller: 'home', callee: 'home' });
  expect(topology?.sites[0]?.nats[0]).not.toBe(topology?.sites[1]?.nats[0]);
});

test('parseNetwork() tells everything that is wrong at once, with the nearest names', () => {
  const { topology, problems } = parse({
    caller: { like: 'hoem', nat: 'symetric', firewall: 'udp-block', ip: [], link: '4gg', linkk: 1 },
    calee: 'corprate',
  });
  expect(topology).toBeUndefined();
  expect(problems).toEqual([
    'network.callee: expected a network for callee, got nothing',
    'network.calee: expected a role of the scenario, got "calee" — did you mean callee?',
    'network.caller.linkk: expected one of like, nat, firewall, ip, link, got "linkk" — did you mean link?',
    `network.caller.like: expected a network's name, got "hoem" — did you mean home?`,
    'network.caller.ip: expected a list of ipv4, ipv6 or both, got [] — peers need an address',
    'network.caller.nat: expected a name like "symmetric", or { mapping, filtering }, got "symetric" — did you mean symmetric?',
    'network.caller.firewall: expected one of none, udp-blocked, udp-rejected, only-443, only-web, got "udp-block" — did you mean udp-blocked?',
    `network.caller.link: expected a link's name, or { uplink, downlink }, got "4gg" — did you mean 4g?`,
  ]);
});

test('parseNetwork() names the nearest network if a role has an unknown one', () => {
  expect(parse({ caller: 'corprate', callee: 'lan' }).problems).toEqual([
    `network.caller: expected a network's name, or an object like { nat: 'symmetric' }, got "corprate" — did you mean corporate?`,
  ]);
});

test.for([
  [{ nat: ['symmetric', 'symmetric', 'symmetric'] }, 'at most 2 NATs'],
  [{ nat: [] }, "write 'none'"],
  [{ nat: ['none', 'symmetric'] }, 'leave it out'],
  [{ nat: { mapping: 'endpoint-independent' } }, 'network.caller.nat.filtering: expected one of'],
  [{ nat: { mapping: 'any', filtering: 'address-dependent', x: 1 } }, 'network.caller.nat.x'],
  [{ nat: 5 }, 'there is none, full-cone'],
  [{ ip: ['ipv4', 'ipv4'] }, 'each version once'],
  [{ ip: ['ipv5'] }, 'did you mean ipv4?'],
  [{ ip: ['ipv6'], nat: 'symmetric' }, 'IPv6 is routed'],
  [7, 'an object like'],
] as const)('parseNetwork() refuses the site %j', ([site, part]) => {
  const { topology, problems } = parse({ caller: site, callee: 'lan' });
  expect(topology).toBeUndefined();
  expect(problems.join('\n')).toContain(part);
});

const OFFICE = { office: 'lan', 'home-office': { ip: ['ipv6'] } };

test.for([
  [{ caller: 'ofice', callee: 'office' }, 'network.peers.caller: expected the name of a site, got "ofice"'],
  [{ caller: {}, callee: 'office' }, 'network.peers.caller.site: expected the name of a site, got nothing'],
  [{ caller: 5, callee: 'office' }, 'network.peers.caller: expected'],
  [{ caller: 'office' }, 'network.peers.callee'],
  [undefined, 'network.peers: expected an object with a place for caller and callee'],
  [
    {
      caller: { site: 'office', address: '192.168.1.9' },
      callee: { site: 'office', address: '192.168.1.9' },
    },
    'network.peers.callee.address: expected an address of its own, got "192.168.1.9" — caller has it',
  ],
  [{ caller: { site: 'office', address: '192.168.1.1' }, callee: 'office' }, "192.168.1.1 is the router's"],
  [{ caller: { site: 'office', address: '10.0.0.2' }, callee: 'office' }, 'office is 192.168.1.0/24'],
  [{ caller: { site: 'office', address: '192.168.1.255' }, callee: 'office' }, 'from 192.168.1.2 to'],
  [{ caller: { site: 'office', address: '192.168.1.02' }, callee: 'office' }, 'from 192.168.1.2 to'],
  [{ caller: { site: 'home-office', address: '192.168.2.2' }, callee: 'office' }, 'add ipv4 to its ip'],
  [{ caller: { site: 'office', adress: 'x' }, callee: 'office' }, 'did you mean address?'],
  [{ caller: { site: 'office', address: 3 }, callee: 'office' }, 'an IPv4 address'],
] as const)('parseNetwork() refuses the places %j', ([peers, part]) => {
  const { topology, problems } = parse({ sites: OFFICE, peers });
  expect(topology).toBeUndefined();
  expect(problems.join('\n')).toContain(part);
});

test.for([
  [{ sites: {}, peers: { caller: 'a', callee: 'a' } }, 'network.sites'],
  [{ sites: { 'My Office': 'lan' }, peers: { caller: 'My Office', callee: 'My Office' } }, 'kebab-case'],
  [{ sites: { a: 'lan' }, peers: { caller: 'a', callee: 'a' }, links: {} }, 'network.links'],
  ['home', 'an object with a network for caller and callee'],
] as const)('parseNetwork() refuses the network %j', ([spec, part]) => {
  const { topology, problems } = parse(spec);
  expect(topology).toBeUndefined();
  expect(problems.join('\n')).toContain(part);
});

test('siteAddresses() gives the next free address to peers that asked for none', () => {
  const { topology } = parse(
    {
      sites: { a: 'lan', b: 'lan', c: { ip: ['ipv6'] } },
      peers: { one: 'a', two: { site: 'a', address: '192.168.1.3' }, three: 'a', four: 'b', five: 'c' },
    },
    ['one', 'two', 'three', 'four', 'five'],
  );
  expect(topology && [...siteAddresses(topology)]).toEqual([
    ['one', '192.168.1.2'],
    ['two', '192.168.1.3'],
    ['three', '192.168.1.4'],
    ['four', '192.168.2.2'],
  ]);
});
