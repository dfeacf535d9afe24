import { describe, expect } from 'vitest';
import { defineScenario, type ScriptContext } from '../../harness/index.ts';
import outageRecovery from '../../scenarios/outage-recovery.ts';
import { labTest } from '../helpers/lab.ts';
import { failedChecks, tryScenario, whyNotPassed } from '../helpers/try-scenario.ts';

type Network = ScriptContext<'caller'>['network'];

/** The scenario on a network that does not do what it says. */
const withNetwork = (change: (network: Network) => Partial<Network>) =>
  defineScenario({
    ...outageRecovery,
    script: (context) =>
      outageRecovery.script({
        ...context,
        network: { ...bound(context.network), ...change(context.network) },
      }),
  });

function bound(network: Network): Network {
  const { level } = network;
  return {
    level,
    set: (...args) => network.set(...args),
    reset: (...args) => network.reset(...args),
    firewall: (...args) => network.firewall(...args),
    move: (...args) => network.move(...args),
  };
}

const now = () => Promise.resolve(performance.timeOrigin + performance.now());

labTest('outage-recovery passes', async () => {
  await using run = await tryScenario(outageRecovery, { pairs: ['chrome:firefox'] });
  expect(whyNotPassed(run)).toEqual([]);
});

// They mostly wait: together.
describe.concurrent('outage-recovery', () => {
  labTest('fails if the line was never dead', async () => {
    const untouched = withNetwork(() => ({ set: now }));
    await using run = await tryScenario(untouched, { pairs: ['chrome:firefox'] });
    expect(run.result.status).toBe('failed');
    expect(await failedChecks(run)).toEqual(['video stops with the line', 'video stops with the line']);
  });

  labTest('fails if the line does not come back', async () => {
    const gone = withNetwork(() => ({ reset: now }));
    await using run = await tryScenario(gone, {
      pairs: ['firefox:chrome'],
      options: { callTimeoutMs: 12_000 },
    });
    expect(run.result.status).toBe('failed');
    expect(run.result.calls[0]?.reasons[0]?.message).toContain('another video frame');
  });
});
