import { describe, expect } from 'vitest';
import turnFallback from '../../scenarios/turn-fallback.ts';
import { labTest } from '../helpers/lab.ts';
import { tryScenario } from '../helpers/try-scenario.ts';
import { allowedMs, stretchesOf, type Stretch } from '../helpers/wire.ts';

/** The agreement that is promised. */
const agree = ({ told, seen }: Stretch): boolean => Math.abs(told - seen) <= allowedMs(seen);

/** A page whose thread is busy tells late, never early: the one of several calls that is off least shows what is left. */
function closest(stretches: Stretch[]): Stretch {
  return stretches.toSorted((a, b) => Math.abs(a.told - a.seen) - Math.abs(b.told - b.seen))[0]!;
}

describe.for([['chrome:chrome'], ['chrome:firefox']] as const)('%s', ([pair]) => {
  labTest('connect_ms agrees with the packets that crossed the internet', async () => {
    await using run = await tryScenario(turnFallback, {
      pairs: [pair],
      network: 'lab',
      only: ['direct'],
      options: { iterations: 4, durationMs: 1000, pcap: true },
    });
    const found: Stretch[] = [];
    for await (const record of run.stored.records()) {
      expect(record.fault).toBeUndefined();
      found.push(...stretchesOf(record, run.stored.folder));
    }
    for (const role of ['caller', 'callee']) {
      const own = found.filter((each) => each.role === role);
      const { told, seen } = closest(own);
      expect(agree({ role, told, seen }), `${role}: connect_ms has ${told} ms of ${seen} ms`).toBe(true);
      // The gate can fail: marks that are late, or early, by more than it allows.
      const beyond = 2 * allowedMs(seen);
      expect(agree({ role, told: told + beyond, seen })).toBe(false);
      expect(agree({ role, told: told - beyond, seen })).toBe(false);
    }
  });
});
