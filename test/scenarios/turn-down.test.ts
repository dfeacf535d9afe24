import { describe, expect, test } from 'vitest';
import { defineScenario } from '../../harness/index.ts';
import turnDown from '../../scenarios/turn-down.ts';
import { labTest } from '../helpers/lab.ts';
import { tryScenario, whyNotPassed } from '../helpers/try-scenario.ts';

/** The scenario with a TURN server that does not die when it is told to. */
const immortal = defineScenario({
  ...turnDown,
  script: (context) =>
    turnDown.script({
      ...context,
      turn: { ...context.turn, stop: async () => performance.timeOrigin + performance.now() },
    }),
});

/** The scenario with a firewall that stays as it is. */
const closed = defineScenario({
  ...turnDown,
  script: (context) => {
    const { network } = context;
    const firewall = async () => performance.timeOrigin + performance.now();
    const shut = Object.create(network, { firewall: { value: firewall } }) as typeof network;
    return turnDown.script({ ...context, network: shut });
  },
});

// They mostly wait for a path to be given up: together.
describe.concurrent('on loopback', () => {
  test.for([['chrome:firefox'], ['firefox:chrome']] as const)('turn-down passes for %s', async ([pair]) => {
    await using run = await tryScenario(turnDown, {
      pairs: [pair],
      only: ['relay-udp'],
      network: 'loopback',
    });
    expect(whyNotPassed(run)).toEqual([]);
  });

  test('turn-down fails if the TURN server goes on', async () => {
    await using run = await tryScenario(immortal, {
      pairs: ['chrome:firefox'],
      only: ['relay-udp'],
      network: 'loopback',
    });
    expect(run.result.status).toBe('failed');
    expect(run.result.headline).toContain("'s connection to be disconnected took longer than 45000 ms");
  });
});

describe.concurrent('in the lab', () => {
  labTest('turn-down passes if there is another path', async () => {
    await using run = await tryScenario(turnDown, {
      pairs: ['chrome:firefox'],
      only: ['other-path'],
    });
    // The threshold on failure_ms has nothing to judge here.
    expect(run.result.calls.map(({ status }) => status)).toEqual(['passed']);
  });

  labTest('turn-down fails if there is no other path after all', async () => {
    await using run = await tryScenario(closed, {
      pairs: ['chrome:firefox'],
      only: ['other-path'],
      options: { durationMs: 2000, callTimeoutMs: 12_000 },
    });
    expect(run.result.status).toBe('failed');
    expect(run.result.calls[0]?.reasons[0]?.kind).toBe('fault');
  });
});
