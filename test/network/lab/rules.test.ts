import { describe, expect, test } from 'vitest';
import { firewallRules } from '../../../harness/network/lab/firewall-rules.ts';
import { interpretNat, type NatObservation } from '../../../harness/network/lab/nat-probe.ts';
import { natRules } from '../../../harness/network/lab/nat-rules.ts';
import { NATS } from '../../../harness/topology/presets.ts';

describe('natRules()', () => {
  test('leave the mapping to Linux, and learn nothing, for a port-restricted NAT', () => {
    const text = natRules(NATS['port-restricted'], 7);
    expect(text).toContain('oifname "wan0" masquerade\n');
    expect(text).toContain('ct zone set 7');
    expect(text).not.toMatch(/dnat ip|update|fully-random/);
  });

  test.for<[string, keyof typeof NATS, RegExp]>([
    ['another port for every destination', 'symmetric', /masquerade fully-random/],
    ['everybody in', 'full-cone', /meta l4proto udp dnat ip addr \. port to udp dport map @inside/],
    ['in who was spoken to, from any port', 'restricted', /udp dport \. ip saddr @heard dnat/],
  ])('say who gets what: %s', ([_, name, expected]) => {
    expect(natRules(NATS[name], 1)).toMatch(expected);
  });

  test('give one port per destination address for an address-dependent mapping', () => {
    const nat = { mapping: 'address-dependent', filtering: 'address-and-port-dependent' } as const;
    expect(natRules(nat, 1)).toContain('masquerade to :ip saddr . udp sport . ip daddr map @mapped');
  });

  test('translate nothing without a NAT', () => {
    expect(natRules(undefined, 1)).not.toContain('masquerade');
  });
});

describe('firewallRules()', () => {
  test.for(['udp-blocked', 'udp-rejected', 'only-443', 'only-web'] as const)(
    'have what %s forbids before what is known, so that it is cut',
    (firewall) => {
      const text = firewallRules({ firewall, open: false });
      const forward = text.slice(text.indexOf('chain forward'));
      expect(forward.search(/\bdrop$/m)).toBeLessThan(forward.indexOf('ct state established,related accept'));
    },
  );

  test('let in what nobody asked for only if the site is open', () => {
    expect(firewallRules({ firewall: 'none', open: true })).toContain('meta nfproto ipv4 accept');
    expect(firewallRules({ firewall: 'none', open: false })).not.toContain('meta nfproto ipv4 accept');
  });
});

describe('interpretNat()', () => {
  const at = (port: number) => ({ address: '198.51.100.11', port });
  const observed = (ports: number[], rest: Partial<NatObservation> = {}): NatObservation => ({
    mapped: ports.map(at),
    own: ['192.168.1.2'],
    localPort: 5000,
    otherPort: false,
    otherAddress: false,
    ...rest,
  });

  test.for<[string, number[]]>([
    ['endpoint-independent', [5000, 5000, 5000, 5000]],
    ['address-dependent', [1, 1, 2, 2]],
    ['address-and-port-dependent', [1, 2, 3, 4]],
    ['address-and-port-dependent', [1, 2, 1, 2]],
  ])('calls a mapping %s if the world saw ports %s', ([mapping, ports]) => {
    expect(interpretNat(observed(ports)).mapping).toBe(mapping);
  });

  test.for<[string, Partial<NatObservation>]>([
    ['endpoint-independent', { otherPort: true, otherAddress: true }],
    ['address-dependent', { otherPort: true }],
    ['address-and-port-dependent', {}],
  ])('calls filtering %s if %o', ([filtering, rest]) => {
    expect(interpretNat(observed([1, 1, 1, 1], rest)).filtering).toBe(filtering);
  });

  test('knows nothing if no answer came', () => {
    expect(interpretNat({ mapped: [null, null, null, null], own: [], localPort: 1 })).toEqual({});
  });

  test('is not steady if a stranger, spoken to, sees another mapping', () => {
    expect(interpretNat(observed([1, 1, 1, 1], { keptForStranger: false })).steady).toBe(false);
    expect(interpretNat(observed([1, 2, 3, 4], { keptForStranger: false }))).not.toHaveProperty('steady');
  });
});
