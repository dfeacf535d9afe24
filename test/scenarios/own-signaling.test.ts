import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openClassicServer } from '../../examples/socketio-classic/server.ts';
import p2pCall from '../../scenarios/p2p-call.ts';
import { failedChecks, tryScenario, whyNotPassed } from '../helpers/try-scenario.ts';
import { warmBrowsers } from '../helpers/warm-browsers.ts';

const browsers = warmBrowsers();
const adapter = fileURLToPath(new URL('../../examples/socketio-classic/adapter.ts', import.meta.url));

test('p2p-call passes over a Socket.IO server in the style of the tutorials', async () => {
  await using server = await openClassicServer();
  await using run = await tryScenario(p2pCall, {
    pairs: ['chrome:firefox'],
    browsers,
    options: { durationMs: 2000, signaling: { name: 'classic', adapter, url: server.url } },
  });
  expect(whyNotPassed(run)).toEqual([]);
  expect(await failedChecks(run)).toEqual([]);
  // Nothing went by the run's own server.
  for (const { id } of run.result.calls) expect([...run.stored.signaling(id)]).toEqual([]);
});

test("p2p-call fails in the signaling if the user's own server is not there", async () => {
  await using run = await tryScenario(p2pCall, {
    pairs: ['chrome:chrome'],
    browsers,
    options: {
      durationMs: 2000,
      callTimeoutMs: 4000,
      signaling: { name: 'classic', adapter, url: 'http://127.0.0.1:9' },
    },
  });
  expect(run.result.calls[0]).toMatchObject({ phase: 'signaling' });
  expect(run.result.status).not.toBe('passed');
});
