import { describe, expect } from 'vitest';
import iceRestart from '../../scenarios/ice-restart.ts';
import { labTest } from '../helpers/lab.ts';
import { tryScenario, whyNotPassed, without } from '../helpers/try-scenario.ts';

// They mostly wait: together.
describe.concurrent('ice-restart', () => {
  labTest('passes', async () => {
    await using run = await tryScenario(iceRestart, {
      pairs: ['chrome:firefox'],
      options: { durationMs: 8000 },
    });
    expect(whyNotPassed(run)).toEqual([]);
  });

  labTest('fails if ICE is not restarted', async () => {
    await using run = await tryScenario(without(iceRestart, 'restart'), {
      pairs: ['firefox:chrome'],
      options: { callTimeoutMs: 12_000 },
    });
    expect(run.result.status).toBe('failed');
    expect(run.result.calls[0]?.reasons[0]?.message).toContain('another video frame');
  });
});
