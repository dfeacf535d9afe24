import { expect, test } from 'vitest';
import { ICE_SERVERS } from '../../harness/topology/ice.ts';
import { makeCredentials } from '../../harness/turn/credentials.ts';
import {
  canExpire,
  iceServersOf,
  missingServers,
  ownIceServers,
  type OfferedIceServer,
} from '../../harness/turn/ice-servers.ts';

const WHO = { label: 'call.caller', ttlSeconds: 600, nowMs: 1_700_000_000_000 };
const OWN = ownIceServers({
  ips: ['198.51.100.1', '2001:db8::1'],
  port: 3478,
  tlsPort: 443,
  tlsName: 'turn.callrig.test',
  secret: 's',
});
const ALL = { servers: [...ICE_SERVERS], credentials: 'valid' as const };

test('ownIceServers() names every address for UDP and TCP, and a name for TLS', () => {
  expect(OWN.map(({ url }) => url)).toEqual([
    'stun:198.51.100.1:3478',
    'turn:198.51.100.1:3478?transport=udp',
    'turn:198.51.100.1:3478?transport=tcp',
    'stun:[2001:db8::1]:3478',
    'turn:[2001:db8::1]:3478?transport=udp',
    'turn:[2001:db8::1]:3478?transport=tcp',
    'turns:turn.callrig.test:443?transport=tcp',
  ]);
});

test('iceServersOf() gives each TURN URL credentials that say whose it is and over what', () => {
  const servers = iceServersOf(ALL, OWN, WHO);
  expect(servers).toHaveLength(7);
  expect(servers[0]).toEqual({ urls: 'stun:198.51.100.1:3478' });
  expect(servers[1]).toEqual({
    urls: 'turn:198.51.100.1:3478?transport=udp',
    ...makeCredentials({ ...WHO, secret: 's', transport: 'udp' }),
  });
  expect(servers.at(-1)?.username).toBe('1700000600:call.caller.tls');
});

test('iceServersOf() gives only what the plan wants', () => {
  const urls = iceServersOf({ servers: ['turn-tls'], credentials: 'valid' }, OWN, WHO).map(
    ({ urls: each }) => each,
  );
  expect(urls).toEqual(['turns:turn.callrig.test:443?transport=tcp']);
  expect(iceServersOf({ servers: [], credentials: 'valid' }, OWN, WHO)).toEqual([]);
});

test.for(['wrong', 'expired'] as const)(
  'iceServersOf() makes %s credentials if the plan wants them',
  (credentials) => {
    const plan = { servers: ['turn-udp' as const], credentials };
    const [server] = iceServersOf(plan, OWN, WHO);
    expect(server).toMatchObject(
      makeCredentials({ ...WHO, secret: 's', transport: 'udp', kind: credentials }),
    );
  },
);

test("iceServersOf() passes a user's own credentials on, but spoils the password if the plan wants it wrong", () => {
  const given: OfferedIceServer[] = [{ kind: 'turn-udp', url: 'turn:host', username: 'u', credential: 'p' }];
  expect(iceServersOf(ALL, given, WHO)).toEqual([{ urls: 'turn:host', username: 'u', credential: 'p' }]);
  expect(iceServersOf({ ...ALL, credentials: 'wrong' }, given, WHO)[0]?.credential).not.toBe('p');
  expect(given.map(canExpire)).toEqual([false]);
});

test('missingServers() names what no server stands for', () => {
  expect(missingServers(ALL, OWN)).toEqual([]);
  expect(missingServers(ALL, [{ kind: 'stun' }])).toEqual(['turn-udp', 'turn-tcp', 'turn-tls']);
});
