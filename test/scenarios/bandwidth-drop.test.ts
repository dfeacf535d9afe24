import { expect } from 'vitest';
import { defineScenario } from '../../harness/index.ts';
import bandwidthDrop from '../../scenarios/bandwidth-drop.ts';
import { labTest } from '../helpers/lab.ts';
import { failedChecks, tryScenario, whyNotPassed } from '../helpers/try-scenario.ts';

labTest('bandwidth-drop passes, and tells how fast the sender gave way', async () => {
  await using run = await tryScenario(bandwidthDrop, {
    pairs: ['chrome:firefox'],
    options: { durationMs: 12_000 },
  });
  expect(whyNotPassed(run)).toEqual([]);
  expect(run.result.metrics['yield_ms']?.samples).toBe(1);
  expect(run.result.metrics['regain_ratio']?.samples).toBe(1);
});

labTest('bandwidth-drop fails if the line never becomes narrow', async () => {
  const untouched = defineScenario({
    ...bandwidthDrop,
    script: (context) => {
      const { network, callee } = context;
      // Something else is narrowed, and widely: the caller's line stays as it is.
      const set = () => network.reset(callee);
      const rest = { reset: network.reset.bind(network), firewall: network.firewall.bind(network) };
      const { level } = network;
      return bandwidthDrop.script({
        ...context,
        network: { level, ...rest, set, move: network.move.bind(network) },
      });
    },
  });
  await using run = await tryScenario(untouched, {
    pairs: ['chrome:chrome'],
    options: { durationMs: 8000 },
  });
  expect(run.result.status).toBe('failed');
  expect(await failedChecks(run)).toContain('it gives way to a narrow line');
});
