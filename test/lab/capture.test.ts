import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { probeReach } from '../../harness/network/lab/nat-probe.ts';
import { labTest, openTestLab, topologyOf } from '../helpers/lab.ts';

const CALLERS = topologyOf({ caller: { ip: ['ipv4', 'ipv6'] }, callee: { nat: 'none' } });

/** `source > destination` of each UDP packet with a payload of ours. */
function packetsIn(file: string): string[] {
  const fields = ['ip.src', 'ip.dst', 'ipv6.src', 'ipv6.dst', 'udp.dstport'].flatMap((field) => [
    '-e',
    field,
  ]);
  const args = ['-n', '-r', file, '-Y', 'udp && !icmp && !icmpv6', '-T', 'fields', ...fields];
  const text = execFileSync('tshark', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return text
    .trim()
    .split('\n')
    .map((line) => line.split('\t').filter(Boolean).join(' '));
}

describe('Lab.capture()', () => {
  labTest('has everything that passed until it was closed, as the internet sees it', async () => {
    await using opened = await openTestLab(CALLERS);
    const { lab, folder } = opened;
    const file = join(folder, 'call.pcapng');
    const caller = await lab.stationOf('caller');
    {
      await using _capture = await lab.capture({ file });
      for (const address of ['198.51.100.1', '2001:db8::1', '198.51.100.2']) {
        await probeReach(caller, { protocol: 'udp', to: { address, port: 7 } });
      }
    }
    expect(packetsIn(file)).toEqual([
      '198.51.100.11 198.51.100.1 7',
      '2001:db8:1::2 2001:db8::1 7',
      '198.51.100.11 198.51.100.2 7',
      '198.51.100.1 198.51.100.255 9',
    ]);
    expect(statSync(file).uid).toBe(process.getuid?.());
  });

  labTest('has only one site if it is asked for', async () => {
    await using opened = await openTestLab(CALLERS);
    const { lab, folder } = opened;
    const file = join(folder, 'callee.pcapng');
    {
      await using _capture = await lab.capture({ file, site: 'callee', snapBytes: 64 });
      for (const role of ['caller', 'callee']) {
        await probeReach(await lab.stationOf(role), {
          protocol: 'udp',
          to: { address: '198.51.100.1', port: 7 },
        });
      }
    }
    expect(packetsIn(file)).toContain('192.168.2.2 198.51.100.1 7');
    expect(packetsIn(file)).not.toContain('198.51.100.11 198.51.100.1 7');
  });
});
