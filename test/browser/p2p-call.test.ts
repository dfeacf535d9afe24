import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import p2pCall from '../../scenarios/p2p-call.ts';
import { METRICS } from '../../harness/metrics/catalogue.ts';
import { tryScenario } from '../helpers/try-scenario.ts';

/** Reported by every browser in every call; what only some report is listed in harness/stats/README.md. */
const EVERYWHERE = [
  'gum_ms',
  'signaling_ms',
  'gather_ms',
  'ice_connected_ms',
  'dtls_connected_ms',
  'connect_ms',
  'first_rtp_ms',
  'first_frame_ms',
  'jitter_ms',
  'packet_loss_ratio',
  'send_bitrate_bps',
  'recv_bitrate_bps',
  'fps_sent',
  'fps_received',
  'agent_stats_ms',
] as const;

describe('p2p-call', () => {
  test('passes between Chrome and Firefox in every role', async () => {
    const pairs = ['chrome:chrome', 'chrome:firefox', 'firefox:chrome', 'firefox:firefox'];
    const before = browsersTraces();
    await using run = await tryScenario(p2pCall, { pairs });
    const { result } = run;
    expect(result.calls.map(({ cell, status, headline }) => ({ cell, status, headline }))).toEqual(
      pairs.map((cell) => ({ cell, status: 'passed', headline: expect.any(String) })),
    );
    expect(result).toMatchObject({ status: 'passed', exitCode: 0, checks: { failed: 0, inconclusive: 0 } });
    expect(validatePublished(result)).toEqual([]);
    for (const { peers } of result.calls) {
      for (const peer of Object.values(peers)) {
        expect(Object.keys(peer.metrics)).toEqual(expect.arrayContaining([...EVERYWHERE]));
        expect(peer).toMatchObject({
          srtpCipher: expect.stringMatching(/AES/),
          videoCodec: expect.any(String),
        });
        expectRanges(peer.metrics);
      }
    }
    // One process for each browser, shared by all calls.
    expect(run.events.filter(({ type }) => type === 'browser-launched')).toHaveLength(2);
    // What browsers leave in the temporary folder goes away with their profiles.
    if (process.platform === 'linux') expect(browsersTraces()).toEqual(before);
  });

  test('passes with the playwright driver and a fresh browser for each peer', async () => {
    const options = { freshBrowsers: true };
    await using run = await tryScenario(p2pCall, { pairs: ['chrome:chrome'], driver: 'playwright', options });
    expect(run.result).toMatchObject({ status: 'passed' });
    const pids = run.events.flatMap((event) => (event.type === 'browser-launched' ? [event.pid] : []));
    expect(new Set(pids).size).toBe(2);
  });
});

function browsersTraces(): string[] {
  return readdirSync(tmpdir()).filter((name) => /chromium|mozilla|firefox|remote-settings/i.test(name));
}

function validatePublished(result: unknown): unknown[] {
  const schema = new URL('../../harness/result.schema.json', import.meta.url);
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(
    JSON.parse(readFileSync(schema, 'utf8')),
  );
  validate(JSON.parse(JSON.stringify(result)));
  return validate.errors ?? [];
}

/** Wide, with a reason each: this is a call between two processes of one machine. */
function expectRanges(metrics: Record<string, number>): void {
  const ranges: [keyof typeof METRICS, number, number, string][] = [
    ['packet_loss_ratio', 0, 0.05, 'nothing drops packets here but a full socket buffer'],
    ['fps_received', 1, 35, 'the fake cameras give 20 and 30'],
    ['recv_bitrate_bps', 20_000, 5_000_000, 'audio alone is above, no fake camera fills more'],
    ['connect_ms', 1, 30_000, 'the call times out later'],
    ['first_frame_ms', 1, 60_000, 'after the connection'],
  ];
  for (const [name, low, high, why] of ranges) {
    expect(metrics[name], `${name}: ${why}`).toBeGreaterThanOrEqual(low);
    expect(metrics[name], `${name}: ${why}`).toBeLessThanOrEqual(high);
  }
  expect(metrics['connect_ms']).toBeGreaterThanOrEqual(metrics['ice_connected_ms']! - 1);
  // A frame's time is when it was shown, a state's when the page was told of it: a busy page is told late.
  expect(metrics['first_frame_ms']).toBeGreaterThan(metrics['ice_connected_ms']! / 2);
}
