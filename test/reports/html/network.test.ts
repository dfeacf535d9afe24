import { describe, expect, test } from 'vitest';
import type { NetworkResult } from '../../../harness/result.ts';
import { networkFold } from '../../../reports/html/network.ts';

const LAB: NetworkResult = {
  level: 'lab',
  backend: 'netem',
  places: { caller: 'behind a symmetric NAT', callee: 'routed, no NAT' },
  ice: 'stun, turn-udp',
  links: [
    {
      link: 'site:caller',
      direction: 'uplink',
      configured: 'delay 25 ms',
      measured: '25.1 ms, 0 % lost of 40 packets',
    },
  ],
  changes: [],
  allocations: [
    { role: 'caller', transport: 'udp' },
    { role: 'caller', transport: 'udp' },
    { role: 'callee', transport: 'tls' },
  ],
  refusals: [],
  captures: [],
};

const render = (over: Partial<NetworkResult> = {}) => networkFold({ ...LAB, ...over }).text;

describe('networkFold()', () => {
  test('says where the peers were, what they were given and what TURN allocated', () => {
    const text = render();
    expect(text).toContain('behind a symmetric NAT');
    expect(text).toContain('stun, turn-udp');
    expect(text).toContain('lab, impaired by netem');
    expect(text).toContain('caller over udp ×2, callee over tls');
    expect(text).not.toMatch(/<details class="fold"[^>]* open/);
  });

  test('is open and says so if an impairment was not in effect', () => {
    const text = render({
      links: LAB.links.map((link) => ({ ...link, problem: 'delay of 2 ms where 25 ms was asked for' })),
    });
    expect(text).toMatch(/<details class="fold"[^>]* open/);
    expect(text).toContain('1 problem');
    expect(text).toContain(
      '<b class="never">no</b> <span class="problem">delay of 2 ms where 25 ms was asked for</span>',
    );
  });

  test('tells what the script changed, and when', () => {
    const text = render({ changes: [{ atMs: 2140, role: 'caller', what: 'firewall only-443' }] });
    expect(text).toMatch(/2\.140.*caller.*firewall only-443/s);
  });

  test('links a capture beside the report', () => {
    expect(render({ captures: ['calls/001 a#b/capture.pcapng'] })).toContain(
      'href="./calls/001%20a%23b/capture.pcapng"',
    );
  });

  test.for(['/etc/passwd', '../other/x.pcapng', 'calls/../../x', 'calls//x', './x'])(
    'does not link %s, which is not plainly below the run’s folder',
    (path) => {
      expect(render({ captures: [path] })).not.toContain('<a ');
    },
  );

  test('makes no script of a path', () => {
    expect(render({ captures: ['javascript:alert(1)'] })).toContain('href="./javascript%3Aalert(1)"');
  });
});
