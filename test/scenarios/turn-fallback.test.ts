import { expect, test } from 'vitest';
import { defineScenario } from '../../harness/index.ts';
import turnFallback from '../../scenarios/turn-fallback.ts';
import { labTest } from '../helpers/lab.ts';
import { failedChecks, tryScenario, whyNotPassed } from '../helpers/try-scenario.ts';

const PENALTY = 'relay_penalty_ms{path:relay-tls}';

labTest(
  'turn-fallback passes in the lab, and says what each path costs more than the direct one',
  async () => {
    await using run = await tryScenario(
      { ...turnFallback, thresholds: { ...turnFallback.thresholds, [PENALTY]: ['med<20000'] } },
      {
        pairs: ['chrome:firefox'],
        network: 'lab',
        only: ['direct', 'srflx', 'relay-tls', 'port-443-only'],
        options: { durationMs: 2500 },
      },
    );
    expect(whyNotPassed(run)).toEqual([]);
    const { comparison, environment, thresholds } = run.result;
    expect(environment.network).toBe('lab');
    const rows = comparison!.rows.filter(({ pair }) => pair === undefined);
    const tried = rows.filter(({ attempted }) => attempted > 0);
    expect(tried.map(({ variant, connected }) => [variant, connected])).toEqual([
      ['direct', 1],
      ['srflx', 1],
      ['relay-tls', 1],
      ['port-443-only', 1],
    ]);
    expect(thresholds.filter(({ metric }) => metric === PENALTY)).toMatchObject([
      { status: 'passed', samples: 2 },
    ]);
  },
);

test('turn-fallback relays over each transport on loopback, and has what needs the lab unsupported', async () => {
  await using run = await tryScenario(turnFallback, {
    pairs: ['firefox:chrome'],
    network: 'loopback',
    options: { durationMs: 2500 },
  });
  expect(await failedChecks(run)).toEqual([]);
  const { cells, comparison } = run.result;
  const namesOf = (found: { variant: string }[]) => found.map(({ variant }) => variant);
  const rows = comparison!.rows.filter(({ pair }) => pair === undefined);
  expect(namesOf(rows.filter(({ connected }) => connected === 1))).toEqual([
    'direct',
    'relay-udp',
    'relay-tcp',
    'relay-tls',
  ]);
  const unsupported = cells.filter(({ status }) => status === 'unsupported');
  expect(unsupported.map(({ variant }) => variant?.name)).toEqual([
    'srflx',
    'udp-blocked',
    'port-443-only',
    'symmetric',
  ]);
});

test('turn-fallback fails if a path is not the one it names, or costs more than it may', async () => {
  const { cases } = turnFallback.variants!;
  const overTcp = { ...cases['relay-tls'], ice: cases['relay-tcp'].ice };
  const wrong = defineScenario({
    ...turnFallback,
    variants: { ...turnFallback.variants!, cases: { ...cases, 'relay-tls': overTcp } },
    thresholds: { [PENALTY]: ['med<-60000'] },
  });
  await using run = await tryScenario(wrong, {
    pairs: ['chrome:chrome'],
    network: 'loopback',
    only: ['direct', 'relay-tls'],
    options: { durationMs: 2500 },
  });
  expect(run.result.status).toBe('failed');
  expect(await failedChecks(run)).not.toEqual([]);
  expect(run.result.thresholds).toMatchObject([{ metric: PENALTY, status: 'failed', samples: 2 }]);
});
