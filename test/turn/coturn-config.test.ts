import { expect, test } from 'vitest';
import { coturnConfig, type CoturnOptions } from '../../harness/turn/coturn-config.ts';

const config = (changes: Partial<CoturnOptions> = {}): string[] =>
  coturnConfig({
    ips: ['198.51.100.1'],
    port: 3478,
    tlsPort: 443,
    realm: 'callrig.test',
    secret: 's',
    certFile: '/run/cert.pem',
    keyFile: '/run/key.pem',
    databaseFile: '/run/turndb',
    pidFile: '/run/pid',
    allowLoopback: false,
    userQuota: 1,
    totalQuota: 2,
    relayPorts: { min: 49_152, max: 65_535 },
    ...changes,
  }).split('\n');

test('coturnConfig() relays to loopback only if that is allowed', () => {
  expect(config()).not.toContain('allow-loopback-peers');
  expect(config({ allowLoopback: true })).toContain('allow-loopback-peers');
});

test('coturnConfig() has no command line interface, limits, and credentials that expire', () => {
  expect(config()).toEqual(
    expect.arrayContaining([
      'no-cli',
      'user-quota=1',
      'total-quota=2',
      'use-auth-secret',
      'static-auth-secret=s',
    ]),
  );
});

test('coturnConfig() keeps the address family of peers if there is IPv6', () => {
  const line = 'allocation-default-address-family=keep';
  expect(config()).not.toContain(line);
  const both = config({ ips: ['198.51.100.1', '2001:db8::1'] });
  expect(both).toEqual(
    expect.arrayContaining([
      line,
      'listening-ip=2001:db8::1',
      'relay-ip=2001:db8::1',
      'listening-ip=198.51.100.1',
    ]),
  );
});
