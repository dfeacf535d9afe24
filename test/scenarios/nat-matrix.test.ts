import { expect } from 'vitest';
import { defineScenario } from '../../harness/index.ts';
import natMatrix from '../../scenarios/nat-matrix.ts';
import { labTest } from '../helpers/lab.ts';
import { failedChecks, tryScenario, type TriedScenario, whyNotPassed } from '../helpers/try-scenario.ts';

const LINK = { uplink: { delay: '20ms' }, downlink: { delay: '20ms' } } as const;
const SYMMETRIC = { nat: 'symmetric', link: LINK } as const;
const FULL_CONE = { nat: 'full-cone', link: LINK } as const;

/** The scenario with other NATs than its cases name. */
const swapped = defineScenario({
  ...natMatrix,
  variants: {
    axis: 'nat',
    cases: {
      'full-cone-to-full-cone': { summary: 'not so', network: { caller: SYMMETRIC, callee: SYMMETRIC } },
      'symmetric-to-symmetric': { summary: 'not so', network: { caller: FULL_CONE, callee: FULL_CONE } },
    },
  },
});

/** What was seen by the checks of paths that had no answer. */
async function undecidedPaths({ stored }: TriedScenario): Promise<string[]> {
  const seen: string[] = [];
  for await (const { checks } of stored.records())
    for (const { name, passed, actual } of checks)
      if (name === 'the path is direct' && passed === undefined) seen.push(actual);
  return seen;
}

labTest('nat-matrix passes', async () => {
  await using run = await tryScenario(natMatrix, {
    pairs: ['chrome:firefox'],
    only: ['restricted-to-symmetric', 'port-restricted-to-symmetric'],
    options: { durationMs: 2000 },
  });
  const undecided = await undecidedPaths(run);
  // A relay that a busy page took for a peer-reflexive candidate keeps Firefox from the direct path: nobody can tell then.
  for (const actual of undecided) expect(actual).toMatch(/ → prflx/);
  expect(await failedChecks(run)).toEqual([]);
  expect(whyNotPassed(run)).toHaveLength(undecided.length);
});

labTest(
  'nat-matrix fails if NATs let through what they should not, or do not let through what they should',
  async () => {
    await using run = await tryScenario(swapped, {
      pairs: ['firefox:chrome'],
      options: { durationMs: 2000 },
    });
    expect(run.result.status).toBe('failed');
    expect((await failedChecks(run)).toSorted()).toEqual(['the path is direct', 'the path is relay']);
  },
);
