import { describe, expect, test } from 'vitest';
import lateJoiner from '../../scenarios/late-joiner.ts';
import mesh from '../../scenarios/mesh.ts';
import reloadRejoin from '../../scenarios/reload-rejoin.ts';
import { failedChecks, tryScenario, whyNotPassed, withAfter, without } from '../helpers/try-scenario.ts';
import { warmBrowsers } from '../helpers/warm-browsers.ts';

const browsers = warmBrowsers();
const options = { durationMs: 3500 };

describe('late-joiner', () => {
  test('passes', async () => {
    const pairs = ['firefox:chrome:firefox'];
    await using run = await tryScenario(lateJoiner, { pairs, browsers, options });
    expect(whyNotPassed(run)).toEqual([]);
    expect(run.result.metrics['connection_success']?.samples).toBe(6);
    expect(run.result.metrics['join_ms']?.samples).toBe(1);
  });

  test('fails if the call that was there ends', async () => {
    const ending = withAfter(lateJoiner, 'late join', ({ caller, callee }) => caller.hangUp(callee));
    await using run = await tryScenario(ending, { pairs: ['chrome:chrome:chrome'], browsers, options });
    expect(run.result.status).toBe('failed');
    const failed = await failedChecks(run);
    expect(failed).toContain('video frames are decoded, with callee');
    expect(failed.filter((name) => name.endsWith('with latecomer'))).toEqual([]);
  });
});

describe('reload-rejoin', () => {
  test('passes', async () => {
    const pairs = ['chrome:firefox', 'firefox:chrome'];
    await using run = await tryScenario(reloadRejoin, { pairs, browsers, options });
    expect(whyNotPassed(run)).toEqual([]);
    expect(run.result.metrics['rejoin_ms']?.samples).toBe(2);
  });

  test('fails if the page does not come back', async () => {
    await using run = await tryScenario(without(reloadRejoin, 'rejoin'), {
      pairs: ['chrome:chrome'],
      browsers,
      options: { ...options, callTimeoutMs: 5000 },
    });
    expect(run.result.status).toBe('failed');
    expect(await failedChecks(run)).toContain('video frames change');
  });
});

describe('mesh', () => {
  test('passes with one browser in every second place', async () => {
    const pairs = ['chrome:firefox:chrome:firefox:chrome:firefox'];
    await using run = await tryScenario(mesh, { pairs, only: ['/three'], browsers, options });
    expect(whyNotPassed(run)).toEqual([]);
    expect(run.result.cells.map(({ id }) => id)).toEqual(['chrome:firefox:chrome/three']);
    expect(run.result.metrics['connection_success']?.samples).toBe(6);
    expect(run.result.metrics['rejoin_ms']?.samples).toBe(2);
    expect(run.result.metrics['crash_notice_ms']?.samples).toBe(2);
  });

  test('fails if who crashed is not let in again', async () => {
    await using run = await tryScenario(without(mesh, 'rejoin'), {
      pairs: ['chrome:chrome:chrome:chrome:chrome:chrome'],
      only: ['/three'],
      browsers,
      options,
    });
    expect(run.result.status).toBe('failed');
    expect(await failedChecks(run)).toContain('video frames are decoded, with one');
  });
});
