import { describe, expect } from 'vitest';
import {
  BLACKOUT,
  blackoutOf,
  figure,
  known,
  lateRateBps,
  LINES,
  probedRttMs,
} from '../helpers/known-line.ts';
import { labTest } from '../helpers/lab.ts';
import { tryScenario } from '../helpers/try-scenario.ts';

labTest(
  'rtt_ms of Chrome and Firefox is what the lab itself measured, within 5 per cent and 3 ms',
  async () => {
    // Noise keeps an encoder so busy that reports of what arrived are late by milliseconds.
    const scenario = known({ link: LINES.slow, hold: '10s', picture: 'fake-device' });
    await using run = await tryScenario(scenario, { pairs: ['chrome:firefox'] });
    const probedMs = await probedRttMs(run);
    expect(probedMs).toBeGreaterThan(95);
    for (const role of ['caller', 'callee']) {
      expect(Math.abs(figure(run, role, 'rtt_ms') - probedMs), role).toBeLessThan(3 + 0.05 * probedMs);
    }
  },
);

// They are long, and the first needs little CPU: together.
describe.concurrent('a long call', () => {
  labTest(
    'packet_loss_ratio in Chrome and Firefox over 60 s is the 5 per cent of the line, within 1.5 points',
    async () => {
      await using run = await tryScenario(known({ link: LINES.lossy, hold: '60s', picture: 'fake-device' }), {
        pairs: ['chrome:firefox'],
      });
      // The caller receives over its downlink, the callee what the caller's uplink has left.
      for (const role of ['caller', 'callee']) {
        expect(Math.abs(figure(run, role, 'packet_loss_ratio') - 0.05), role).toBeLessThan(0.015);
      }
    },
  );

  const ABOVE = 'recv_bitrate_bps{role:callee}';

  // Firefox does not fill a line so soon: see the scenario bandwidth-drop.
  labTest('recv_bitrate_bps over 1 Mbit/s is never above it, and 60 per cent of it after 20 s', async () => {
    const scenario = {
      ...known({ link: LINES.narrow, hold: '32s' }),
      thresholds: { [ABOVE]: ['max<1000000' as const] },
    };
    await using run = await tryScenario(scenario, { pairs: ['chrome:chrome'] });
    expect(run.result.thresholds).toMatchObject([{ metric: ABOVE, status: 'passed' }]);
    expect(await lateRateBps(run)).toBeGreaterThan(600_000);
  });
});

labTest.for(['chrome:firefox'])(
  'a blackout of 3 s is a gap of as much in what arrives in %s, within 250 ms',
  async (pair) => {
    await using run = await tryScenario(BLACKOUT, { pairs: [pair], options: { statsIntervalMs: 100 } });
    const { blackoutMs, gapMs } = await blackoutOf(run);
    expect(blackoutMs).toBeGreaterThan(2900);
    expect(Math.abs(gapMs - blackoutMs)).toBeLessThan(250);
  },
);
