import { describe, expect } from 'vitest';
import networkSwitch from '../../scenarios/network-switch.ts';
import { labTest } from '../helpers/lab.ts';
import { tryScenario, whyNotPassed, without } from '../helpers/try-scenario.ts';

// They mostly wait: together.
describe.concurrent('network-switch', () => {
  labTest('passes', async () => {
    await using run = await tryScenario(networkSwitch, {
      pairs: ['firefox:chrome'],
      options: { durationMs: 8000 },
    });
    expect(whyNotPassed(run)).toEqual([]);
  });

  labTest('fails if ICE is not restarted', async () => {
    await using run = await tryScenario(without(networkSwitch, 'restart'), {
      pairs: ['firefox:chrome'],
      options: { callTimeoutMs: 12_000 },
    });
    expect(run.result.status).toBe('failed');
    expect(run.result.calls[0]?.reasons[0]?.message).toContain('another video frame');
  });
});
