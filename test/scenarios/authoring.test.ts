import { readFile, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { expect, test } from 'vitest';
import { defineScenario } from '../../harness/index.ts';
import type { RunResult } from '../../harness/result.ts';
import { runCertificate, spkiSha256 } from '../../harness/turn/run-certificate.ts';
import { runsFolder, startCli } from '../helpers/cli.ts';
import { tryScenario } from '../helpers/try-scenario.ts';
import { warmBrowsers } from '../helpers/warm-browsers.ts';

const browsers = warmBrowsers();
const PAIRS = ['chrome:firefox', 'firefox:chrome'];

/** `callrig` in a folder outside the package. */
async function cli(args: string[], folder: string) {
  await using run = startCli(args, { INIT_CWD: folder });
  return await run.ended;
}

test('callrig new writes a scenario anywhere that passes, over a certificate of the user, with a parameter set', async () => {
  await using folder = await runsFolder();
  const { cert, key } = await runCertificate({});
  const at = (name: string) => join(folder.path, name);
  await Promise.all([writeFile(at('cert.pem'), cert), writeFile(at('key.pem'), key)]);

  const written = await cli(['run', 'new', 'my-call', '--dir', 'mine'], folder.path);
  expect(written).toMatchObject({ exitCode: 0, stdout: `${at('mine/my-call.ts')}\n` });
  expect((await cli(['run', 'new', 'my-call', '--dir', 'mine'], folder.path)).exitCode).toBe(104);

  const words = ['run', './mine/my-call.ts', '--pairs', 'chrome:firefox', '--param', 'video=false'];
  const tls = ['--cert', at('cert.pem'), '--key', at('key.pem')];
  const { exitCode, stderr, stdout } = await cli(
    [...words, ...tls, '--out', at('runs'), '--json'],
    folder.path,
  );
  expect(exitCode, stderr).toBe(0);
  const result = JSON.parse(stdout) as RunResult;
  expect(result.params).toEqual({ video: false });
  expect(result.ownMetrics?.['my_call_ready_ms']).toMatchObject({ unit: 'ms' });
  expect(result.metrics['my_call_ready_ms']?.samples).toBe(1);
  expect(result.thresholds.map(({ metric }) => metric)).toContain('my_call_ready_ms');
  const report = await readFile(at('runs/latest/report.html'), 'utf8');
  expect(report).toContain('From joining to media from the other side.');
});

/** Both sides of a call: where their page is, and that they are connected. */
const secureCall = defineScenario({
  name: 'secure-call',
  summary: 'A call whose page and signaling are served over TLS.',
  guardsAgainst: 'signaling in the clear',
  roles: ['caller', 'callee'],
  async script({ caller, callee, peers, check }) {
    await Promise.all(peers.map((peer) => peer.join()));
    await Promise.all(peers.map((peer) => peer.openMedia({ video: false })));
    await caller.call(callee);
    for (const peer of peers) {
      const origin = await peer.evaluate(() => ({ protocol: location.protocol, isSecureContext }), undefined);
      const passed = origin.protocol === 'https:' && origin.isSecureContext;
      check({ name: 'page over https', peer, passed, expected: 'https:', actual: origin.protocol });
    }
    await caller.hangUp();
  },
});

test('a call over --tls goes through in both browsers, its signaling at a server that speaks nothing but TLS', async () => {
  const own = await runCertificate({});
  const seen: Promise<string>[] = [];
  await using tried = await tryScenario(secureCall, {
    pairs: PAIRS,
    options: { tls: true, durationMs: 100 },
    certificate: own,
    onEvent: (event) => {
      if (event.type === 'server-listening') seen.push(servedKey(event.url));
    },
  });
  expect(tried.result.checks).toEqual({ passed: 4, failed: 0, inconclusive: 0 });
  expect(tried.result.calls.map(({ headline }) => headline)).toHaveLength(2);
  // The page's, and as signaling is a path of the same server, the signaling's.
  expect(await Promise.all(seen)).toEqual([own.spkiSha256]);
});

/** SHA-256 of the key of who listens there, base64. */
async function servedKey(url: string): Promise<string> {
  const { hostname, port, protocol } = new URL(url);
  expect(protocol).toBe('https:');
  const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { raw } = socket.getPeerCertificate();
  socket.destroy();
  return spkiSha256(`-----BEGIN CERTIFICATE-----\n${raw.toString('base64')}\n-----END CERTIFICATE-----\n`);
}

/** One function per peer, which meet; each drives its own page, and an app of the user's beside it. */
const drivenApps = defineScenario({
  name: 'driven-apps',
  summary: 'Each peer opens a page of an app beside its own.',
  guardsAgainst: 'automation that is not there',
  roles: ['caller', 'callee'],
  metrics: { apps_opened_count: { type: 'counter', unit: 'count', description: 'Apps that were opened.' } },
  thresholds: { apps_opened_count: ['count==2'] },
  setup: () => ({
    app: 'data:text/html,<title>My app</title><button onclick="document.title=`clicked`">Call</button>',
  }),
  async script({ caller, peers, data, shared, barrier, check, measure }) {
    const room = shared<string>('room');
    const one = async (peer: (typeof peers)[number]) => {
      await peer.join();
      if (peer === caller) room.set('blue');
      await barrier('all joined', peer);
      const { automation } = peer;
      if (automation?.driver !== 'puppeteer') throw new Error('expected puppeteer');
      const own = await automation.page.title();
      const app = await automation.page.browserContext().newPage();
      await app.goto(data.app);
      await app.click('button');
      const title = await app.title();
      await app.close();
      measure('apps_opened_count', 1, peer);
      const actual = `${own}, ${title}, ${await room.get()}`;
      const expected = `Callrig ${peer.role}, clicked, blue`;
      check({ name: 'both pages answer', peer, passed: actual === expected, expected, actual });
    };
    await Promise.all(peers.map(one));
  },
});

test("a script drives its peers' pages and an app's beside them in both browsers, one function per peer", async () => {
  await using tried = await tryScenario(drivenApps, { pairs: ['chrome:firefox'], browsers });
  const seen = tried.result.calls[0]?.checks.map(({ status, actual }) => `${status}: ${actual}`);
  expect(seen?.toSorted()).toEqual([
    'passed: Callrig callee, clicked, blue',
    'passed: Callrig caller, clicked, blue',
  ]);
  expect(tried.result.thresholds).toMatchObject([
    { metric: 'apps_opened_count', status: 'passed', actual: 2 },
  ]);
});
