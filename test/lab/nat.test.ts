import { describe, expect } from 'vitest';
import { probeNat, type NatFinding } from '../../harness/network/lab/nat-probe.ts';
import type { Lab } from '../../harness/network/lab/lab.ts';
import { NAT_BEHAVIOURS, NATS } from '../../harness/topology/presets.ts';
import type { NatName, NatSpec, SiteSpec } from '../../harness/topology/spec.ts';
import { labTest, openTestLab, topologyOf } from '../helpers/lab.ts';

async function find(lab: Lab, ip: 'ipv4' | 'ipv6' = 'ipv4'): Promise<NatFinding> {
  return probeNat({ client: await lab.stationOf('caller'), server: lab.wan.station, ip });
}

const caller = (site: SiteSpec) => topologyOf({ caller: site });
const NINE = NAT_BEHAVIOURS.flatMap((mapping) => NAT_BEHAVIOURS.map((filtering) => ({ mapping, filtering })));

describe('Lab.apply()', () => {
  labTest('makes NATs that behave as asked in every combination RFC 4787 knows', async () => {
    await using opened = await openTestLab();
    const found = [];
    for (const nat of NINE) {
      await opened.lab.apply(caller({ nat }));
      const { mapping, filtering, translated, steady } = await find(opened.lab);
      found.push({ mapping, filtering, translated, steady });
    }
    expect(found).toEqual(
      NINE.map((nat) => ({
        ...nat,
        translated: true,
        steady: nat.mapping === 'endpoint-independent' || undefined,
      })),
    );
    expect(opened.lab.generation).toBe(1);
  });

  labTest.for(Object.entries(NATS))('makes a %s NAT', async ([name, nat]) => {
    await using opened = await openTestLab(caller({ nat: name as NatName }));
    expect(await find(opened.lab)).toMatchObject({ ...nat, translated: true });
  });

  labTest('translates nothing and lets all in if there is no NAT', async () => {
    await using opened = await openTestLab(caller({ nat: 'none' }));
    expect(await find(opened.lab)).toMatchObject({
      mapping: 'endpoint-independent',
      filtering: 'endpoint-independent',
      translated: false,
      portPreserving: true,
    });
  });

  labTest.for<[string, NatSpec[], NatSpec]>([
    [
      'a strict one behind an open one',
      [NATS['port-restricted'], NATS['full-cone']],
      NATS['port-restricted'],
    ],
    ['an open one behind a symmetric one', [NATS['full-cone'], NATS.symmetric], NATS.symmetric],
    ['two open ones', [NATS['full-cone'], NATS['full-cone']], NATS['full-cone']],
  ])('makes two NATs behave like the stricter of both: %s', async ([_, nat, expected]) => {
    await using opened = await openTestLab(caller({ nat }));
    expect(await find(opened.lab)).toMatchObject({ ...expected, translated: true });
  });

  labTest('routes IPv6 without translating it, and lets in only answers', async () => {
    for (const ip of [['ipv6'], ['ipv4', 'ipv6']] as const) {
      await using opened = await openTestLab(caller({ ip }));
      expect(await find(opened.lab, 'ipv6'), ip.join()).toMatchObject({
        mapping: 'endpoint-independent',
        filtering: 'address-and-port-dependent',
        translated: false,
      });
      expect((await find(opened.lab)).mapping !== undefined, ip.join()).toBe(ip.length === 2);
    }
  });
});

describe('probeNat()', () => {
  labTest('sees the mapping change if packets that nobody asked for reach the router itself', async () => {
    await using opened = await openTestLab(caller({ nat: 'port-restricted' }));
    const script = 'nft flush chain inet firewall input';
    await opened.lab.run(script, 'router-1');
    expect(await find(opened.lab)).toMatchObject({ steady: false });
  });

  labTest('sees another NAT than was asked for', async () => {
    await using opened = await openTestLab(caller({ nat: 'symmetric' }));
    await opened.lab.run(
      'nft flush chain ip nat out; nft add rule ip nat out oifname wan0 masquerade',
      'router-1',
    );
    expect(await find(opened.lab)).toMatchObject(NATS['port-restricted']);
  });
});
