import { expect, test } from 'vitest';
import soak from '../../scenarios/soak.ts';
import { tryScenario, whyNotPassed, withAfter } from '../helpers/try-scenario.ts';
import { warmBrowsers } from '../helpers/warm-browsers.ts';

const browsers = warmBrowsers();
const options = { durationMs: 9000, statsIntervalMs: 250 };

/** What the browser holds is measured too seldom for a short call; test/metrics judges it. */
const { memory_growth_bytes_per_min: _, ...thresholds } = soak.thresholds!;
const short = { ...soak, thresholds };

test('soak passes', async () => {
  await using run = await tryScenario(short, { pairs: ['chrome:firefox'], browsers, options });
  expect(whyNotPassed(run)).toEqual([]);
  const { heap_growth_bytes_per_min: heap, stats_growth_per_min: listed } = run.result.metrics;
  expect(heap?.samples, 'of Chromium alone').toBe(1);
  expect(listed).toMatchObject({ samples: 2, max: 0 });
});

test('soak fails if a page leaks memory, or what it opens in a connection', async () => {
  const leaking = withAfter(short, 'first media', ({ caller }) =>
    caller.evaluate((_nothing, rig) => {
      const kept: unknown[] = [];
      rig.kept['leak'] = kept;
      setInterval(() => {
        kept.push(Array.from({ length: 50_000 }, Math.random));
        rig.connection('callee').createDataChannel('another');
      }, 100);
    }, null),
  );
  await using run = await tryScenario(leaking, { pairs: ['chrome:chrome'], browsers, options });
  expect(run.result.status).toBe('failed');
  const breached = run.result.thresholds.filter(({ status }) => status === 'failed');
  expect(breached.map(({ metric }) => metric)).toEqual(['heap_growth_bytes_per_min', 'stats_growth_per_min']);
});
