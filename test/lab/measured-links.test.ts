import { expect } from 'vitest';
import { AsyncStack } from '../../harness/lifecycle/async-stack.ts';
import { chooseEmulator } from '../../harness/network/impairment/choose-emulator.ts';
import { LabLinks } from '../../harness/network/lab-links.ts';
import type { SiteSpec } from '../../harness/topology/spec.ts';
import { labTest, openTestLab, topologyOf } from '../helpers/lab.ts';

/** Each site in turn, as in a run whose calls have different NATs and firewalls; lines differ, so that all are measured. */
const SITES: readonly SiteSpec[] = [
  { nat: 'port-restricted' },
  { nat: 'symmetric' },
  { nat: 'symmetric', firewall: 'udp-blocked' },
  { nat: 'full-cone', firewall: 'only-443' },
  { nat: 'none', firewall: 'udp-rejected' },
  { nat: ['port-restricted', 'symmetric'] },
  { ip: ['ipv6'], firewall: 'udp-blocked' },
];

labTest(
  'LabLinks.measureAll() loses nothing on lines that do not, whatever NAT or firewall is at their end',
  async () => {
    await using stack = new AsyncStack();
    const built: { links?: LabLinks } = {};
    const { lab } = stack.use(
      await openTestLab(undefined, {
        openEmulator: chooseEmulator,
        emulate: 'all',
        onBuilt: async () => await built.links?.attach(),
      }),
    );
    const links = (built.links = stack.use(new LabLinks(lab)));
    for (const [index, site] of SITES.entries()) {
      const link = { uplink: { delay: `${index + 1}ms` }, downlink: { delay: `${index + 1}ms` } } as const;
      const topology = topologyOf({ caller: { ...site, link }, callee: { ...site, link } });
      await lab.apply(topology);
      const measured = await links.measureAll(topology);
      expect(measured.length).toBeGreaterThan(0);
      const lost = measured.filter(({ measured: { lossRatio } }) => lossRatio !== 0);
      expect(lost, JSON.stringify(site)).toEqual([]);
    }
  },
);
