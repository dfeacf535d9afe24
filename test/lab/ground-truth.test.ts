import { expect } from 'vitest';
import { defineScenario, type Duration, type LinkSpec } from '../../harness/index.ts';
import { labTest } from '../helpers/lab.ts';
import { tryScenario, type TriedScenario } from '../helpers/try-scenario.ts';

interface Known {
  /** The caller's line. */
  link: LinkSpec;
  hold: Duration;
}

/** A call in a lab with a line that is known; noise goes from the caller to the callee. */
const known = ({ link, hold: duration }: Known) =>
  defineScenario({
    name: 'ground-truth',
    summary: 'A call over a line that is known.',
    guardsAgainst: 'figures that are not what the network is',
    roles: ['caller', 'callee'],
    levels: ['lab'],
    network: { caller: { nat: 'none', link }, callee: { nat: 'none' } },
    async script({ caller, callee, step, hold }) {
      const video = { source: 'noise', width: 1280, height: 720, frameRate: 30 } as const;
      await Promise.all([caller.join(), callee.join()]);
      await Promise.all([caller.openMedia({ video }), callee.openMedia()]);
      await caller.call(callee);
      await Promise.all([caller.receiveMedia(), callee.receiveMedia()]);
      await step('hold', () => hold(duration));
      await caller.hangUp();
    },
  });

const figure = ({ result }: TriedScenario, role: string, metric: string) =>
  result.calls[0]!.peers[role]!.metrics[metric]!;

const SLOW: LinkSpec = { uplink: { delay: '50ms' }, downlink: { delay: '50ms' } };

labTest.for(['chrome:chrome', 'firefox:firefox'])(
  'rtt_ms of %s is what the lab itself measured, within 5 per cent and 3 ms',
  async (pair) => {
    await using run = await tryScenario(known({ link: SLOW, hold: '10s' }), { pairs: [pair] });
    const [call] = await run.stored.callIds();
    const { network } = await run.stored.record(call!);
    const line = network!.links.filter(({ link }) => link === 'site:caller');
    const probedMs = line.reduce((sum, { measured }) => sum + measured.delayMs!, 0);
    expect(probedMs).toBeGreaterThan(95);
    for (const role of ['caller', 'callee']) {
      expect(Math.abs(figure(run, role, 'rtt_ms') - probedMs)).toBeLessThan(3 + 0.05 * probedMs);
    }
  },
);
