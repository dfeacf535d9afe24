import { describe, expect } from 'vitest';
import turnFallback from '../../scenarios/turn-fallback.ts';
import { labTest } from '../helpers/lab.ts';
import { tryScenario } from '../helpers/try-scenario.ts';
import { allowedMs, stretchesOf, type Stretch } from '../helpers/wire.ts';

/** The agreement that is promised. */
const agree = ({ told, seen }: Stretch): boolean => Math.abs(told - seen) <= allowedMs(seen);

function middle(stretches: Stretch[]): Stretch {
  const byError = stretches.toSorted((a, b) => a.told - a.seen - (b.told - b.seen));
  return byError[Math.floor(byError.length / 2)]!;
}

describe.for([['chrome:chrome'], ['chrome:firefox']] as const)('%s', ([pair]) => {
  labTest('connect_ms agrees with the packets that crossed the internet', async () => {
    await using run = await tryScenario(turnFallback, {
      pairs: [pair],
      network: 'lab',
      only: ['direct'],
      options: { iterations: 3, durationMs: 1000, pcap: true },
    });
    const found: Stretch[] = [];
    for await (const record of run.stored.records()) {
      expect(record.fault).toBeUndefined();
      found.push(...stretchesOf(record, run.stored.folder));
    }
    for (const role of ['caller', 'callee']) {
      const own = found.filter((each) => each.role === role);
      // A machine that is late once tells `connected` late: the middle one of three counts.
      const { told, seen } = middle(own);
      expect(agree({ role, told, seen }), `${role}: connect_ms has ${told} ms of ${seen} ms`).toBe(true);
      // The gate can fail: marks that are late, or early, by more than it allows.
      const beyond = 2 * allowedMs(seen);
      expect(agree({ role, told: told + beyond, seen })).toBe(false);
      expect(agree({ role, told: told - beyond, seen })).toBe(false);
    }
  });
});
