import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect } from 'vitest';
import { chooseEmulator } from '../../harness/network/impairment/choose-emulator.ts';
import type { Lab } from '../../harness/network/lab/lab.ts';
import { probeReach, type Reach } from '../../harness/network/lab/nat-probe.ts';
import type { FirewallName } from '../../harness/topology/spec.ts';
import { labTest, openTestLab, TWO_HOMES, topologyOf } from '../helpers/lab.ts';

type Outcome = Reach['outcome'];

const PORTS = {
  'udp 7': ['udp', 7],
  'tcp 80': ['tcp', 80],
  'tcp 443': ['tcp', 443],
  'tcp 7': ['tcp', 7],
} as const;

/** What the caller meets at a machine on the internet that answers nothing: `refused` has come through and back. */
async function meets(lab: Lab, address: string): Promise<Record<string, Outcome>> {
  const from = await lab.stationOf('caller');
  const found = Object.entries(PORTS).map(async ([name, [protocol, port]]) => {
    const { outcome } = await probeReach(from, { protocol, to: { address, port } });
    return [name, outcome] as const;
  });
  return Object.fromEntries(await Promise.all(found));
}

const through: Outcome = 'refused';
const FIREWALLS: [FirewallName, Record<keyof typeof PORTS, Outcome>][] = [
  ['none', { 'udp 7': through, 'tcp 80': through, 'tcp 443': through, 'tcp 7': through }],
  ['udp-blocked', { 'udp 7': 'silent', 'tcp 80': through, 'tcp 443': through, 'tcp 7': through }],
  ['only-443', { 'udp 7': 'silent', 'tcp 80': 'silent', 'tcp 443': through, 'tcp 7': 'silent' }],
  ['only-web', { 'udp 7': 'silent', 'tcp 80': through, 'tcp 443': through, 'tcp 7': 'silent' }],
];

describe('a firewall', () => {
  labTest.for(FIREWALLS)(
    '%s lets through what its name says, by IPv4 and IPv6',
    async ([firewall, expected]) => {
      await using opened = await openTestLab(topologyOf({ caller: { firewall, ip: ['ipv4', 'ipv6'] } }));
      expect(await meets(opened.lab, '198.51.100.3')).toEqual(expected);
      expect(await meets(opened.lab, '2001:db8::3')).toEqual(expected);
    },
  );

  labTest('udp-rejected answers at once, from the router itself', async () => {
    const wanted = topologyOf({ caller: { firewall: 'udp-rejected', ip: ['ipv4', 'ipv6'] } });
    await using opened = await openTestLab(wanted);
    const { lab } = opened;
    // The internet would say nothing to this.
    await lab.run(
      'nft "add table inet t; add chain inet t in { type filter hook input priority 0; policy drop; }"',
      'wan',
    );
    const from = await lab.stationOf('caller');
    for (const address of ['198.51.100.3', '2001:db8::3']) {
      const met = await probeReach(from, { protocol: 'udp', to: { address, port: 7 }, waitMs: 1000 });
      expect(met).toMatchObject({ outcome: 'refused', code: 'ECONNREFUSED' });
    }
  });
});

describe('Lab.setFirewall()', () => {
  labTest('cuts flows that are there already', async () => {
    await using opened = await openTestLab(topologyOf({ caller: { nat: 'port-restricted' } }));
    const { lab } = opened;
    const { server, port } = await lab.wan.station.listen({ host: '198.51.100.3', port: 0 });
    server.on('connection', (socket) => socket.pipe(socket));
    const socket = await (await lab.stationOf('caller')).dial({ host: '198.51.100.3', port });
    const echo = async (word: string): Promise<string> => {
      const heard = once(socket, 'data', { signal: AbortSignal.timeout(600) });
      socket.write(word);
      return heard.then(
        ([data]) => String(data),
        () => 'nothing',
      );
    };
    expect(await echo('before')).toBe('before');
    await lab.setFirewall('caller', 'only-443');
    expect(await echo('after')).toBe('nothing');
    socket.destroy();
    server.close();
  });
});

describe('Lab.move()', () => {
  labTest(
    'gives the peer other addresses, by which it reaches the internet, and takes the old ones away',
    async () => {
      const wanted = topologyOf({ caller: { ip: ['ipv4', 'ipv6'] } });
      await using opened = await openTestLab(wanted);
      const { lab } = opened;
      expect(lab.addressesOf('caller')).toEqual({ ipv4: '192.168.1.2', ipv6: '2001:db8:1::2' });
      const moved = await lab.move('caller');
      expect(moved).toEqual({ ipv4: '192.168.1.3', ipv6: '2001:db8:1::3' });
      expect(lab.addressesOf('caller')).toEqual(moved);
      const there = await lab.run('ip -o addr show dev eth0', 'peer-1');
      expect(there.match(/(?<=inet6? )[^/]+/g)).toEqual([moved.ipv4, moved.ipv6]);
      expect(await meets(lab, '198.51.100.3')).toMatchObject({ 'udp 7': through });
      expect(await meets(lab, '2001:db8::3')).toMatchObject({ 'udp 7': through });
      await lab.apply(wanted);
      expect(lab.addressesOf('caller').ipv4).toBe('192.168.1.2');
      expect(await meets(lab, '198.51.100.3')).toMatchObject({ 'udp 7': through });
    },
  );
});

describe('Lab.placeOf()', () => {
  labTest('listens and dials on the peer’s own loopback, and every connection arrives', async () => {
    await using opened = await openTestLab(TWO_HOMES);
    const { lab } = opened;
    const [here, there] = [lab.placeOf('caller'), lab.placeOf('callee')];
    const { server, port } = await here.listen();
    server.on('connection', (socket) => socket.end('hello'));
    for (let count = 0; count < 20; count++) {
      const socket = await here.dial(port);
      expect(String((await once(socket, 'data'))[0])).toBe('hello');
      socket.destroy();
    }
    await expect(there.dial(port)).rejects.toThrow('ECONNREFUSED');
    const outside = connect({ host: '127.0.0.1', port });
    await expect(once(outside, 'connect')).rejects.toThrow('ECONNREFUSED');
    server.close();
  });

  labTest('stays when rules change, and is gone when the network is made anew', async () => {
    await using opened = await openTestLab(TWO_HOMES);
    const { lab } = opened;
    const place = lab.placeOf('caller');
    await lab.apply(topologyOf({ caller: { nat: 'symmetric', firewall: 'udp-blocked' }, callee: {} }));
    expect([lab.generation, place.gone.aborted, lab.placeOf('caller').name]).toEqual([1, false, place.name]);
    await lab.apply(topologyOf({ sites: { home: 'lan' }, peers: { caller: 'home', callee: 'home' } }));
    expect([lab.generation, place.gone.aborted]).toEqual([2, true]);
    expect(lab.placeOf('caller').name).not.toBe(place.name);
    await expect(place.listen()).rejects.toThrow('made anew');
    expect(lab.addressesOf('callee')).toEqual({ ipv4: '192.168.1.3' });
  });
});

describe('Lab.wan', () => {
  labTest('is reached by the names of its servers, through a network made anew too', async () => {
    await using opened = await openTestLab(TWO_HOMES);
    const { lab } = opened;
    const servers = await lab.wan.signaling.listen();
    for (const server of servers) server.on('connection', (socket) => socket.end('signaling'));
    await lab.apply(topologyOf({ caller: { ip: ['ipv6'] }, callee: { nat: ['symmetric', 'symmetric'] } }));
    for (const role of ['caller', 'callee']) {
      const socket = await (await lab.stationOf(role)).dial({ host: lab.wan.names.signaling, port: 443 });
      expect(String((await once(socket, 'data'))[0]), role).toBe('signaling');
      socket.destroy();
    }
    for (const server of servers) server.close();
  });
});

describe('peers', () => {
  labTest('of two sites reach each other directly if neither has a NAT, and not if one has', async () => {
    await using opened = await openTestLab(topologyOf({ caller: 'lan', callee: 'lan' }));
    const { lab } = opened;
    const to = { address: lab.addressesOf('callee').ipv4!, port: 7 };
    const from = await lab.stationOf('caller');
    expect(await probeReach(from, { protocol: 'udp', to })).toMatchObject({ outcome: 'refused' });
    await lab.apply(topologyOf({ caller: 'lan', callee: { nat: 'symmetric' } }));
    // Only rules and routes differ.
    expect(lab.generation).toBe(1);
    const again = await lab.stationOf('caller');
    expect(await probeReach(again, { protocol: 'udp', to })).toMatchObject({ outcome: 'silent' });
  });

  labTest('of one site reach each other whatever its firewall', async () => {
    const wanted = topologyOf({
      sites: { office: { firewall: 'udp-blocked' } },
      peers: { caller: 'office', callee: 'office' },
    });
    await using opened = await openTestLab(wanted);
    const { lab } = opened;
    const to = { address: lab.addressesOf('callee').ipv4!, port: 7 };
    const met = await probeReach(await lab.stationOf('caller'), { protocol: 'udp', to });
    expect(met).toMatchObject({ outcome: 'refused' });
  });
});

labTest('Lab.setLink() rejects with NetworkError if the link was laid as a plain cable', async () => {
  await using opened = await openTestLab(TWO_HOMES);
  await expect(opened.lab.setLink('site:caller', 'uplink', { delayMs: 10 })).rejects.toMatchObject({
    code: 'LAB_LINK_PLAIN',
  });
});

labTest('Lab.apply() rejects with NetworkError that names the links if nothing can impair them', async () => {
  await using opened = await openTestLab();
  const wanted = topologyOf({ caller: '4g' });
  await expect(opened.lab.apply(wanted)).rejects.toThrow(
    "nothing here can impair the lab's links site:caller",
  );
});

labTest(
  'Lab.apply() lays impaired lines anew when the network is made anew, and nothing of the old ones runs on',
  async ({ skip }) => {
    await using opened = await openTestLab(undefined, { openEmulator: chooseEmulator, emulate: 'all' });
    const { lab } = opened;
    await lab.apply(TWO_HOMES);
    skip(!lab.link('site:caller').emulated, 'nothing here can impair links');
    await lab.apply(topologyOf({ caller: { ip: ['ipv6'], link: { uplink: { delay: '40ms' } } } }));
    const to = { address: '2001:db8::3', port: 7 };
    const { outcome, ms } = await probeReach(await lab.stationOf('caller'), {
      protocol: 'tcp',
      to,
      waitMs: 2000,
    });
    expect([lab.generation, outcome]).toEqual([2, 'refused']);
    expect(ms).toBeGreaterThan(40);
    const cables = lab.links().filter(({ emulated }) => emulated).length;
    const plugs = await lab.run('ps axo args= | grep -c "^vde_plug2tap" || true', 'wan');
    // One at each end of a cable, where it is wirefilter that lays them.
    expect([0, 2 * cables]).toContain(Number(plugs));
  },
);
