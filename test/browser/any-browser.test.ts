import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { defineScenario } from '../../harness/index.ts';
import { RunResult } from '../../harness/result.ts';
import { findBrowsers } from '../../harness/setup/find-browsers.mjs';
import { runsFolder, startCli } from '../helpers/cli.ts';
import { tryScenario } from '../helpers/try-scenario.ts';

describe('callrig run --browser', () => {
  test.skipIf(process.platform === 'win32')(
    'takes any executable of a known family as a browser of its own',
    async () => {
      await using folder = await runsFolder();
      // Nothing here but the name says Opera: what is run is a Chromium.
      const opera = join(folder.path, 'opera');
      await writeFile(
        opera,
        `#!/bin/sh\nexec "${findBrowsers({ wanted: ['chrome'] }).found[0]!.executablePath}" "$@"\n`,
      );
      await chmod(opera, 0o755);
      const flags = [
        '--browser',
        `opera=${opera}`,
        '--pairs',
        'opera:firefox',
        '--duration',
        '3s',
        '--out',
        folder.path,
      ];
      await using cli = startCli(['run', 'p2p-call', ...flags, '--json']);
      const { exitCode, stdout, stderr } = await cli.ended;
      expect(exitCode, stderr).toBe(0);
      const result = RunResult.parse(JSON.parse(stdout));
      expect(result.cells).toMatchObject([{ id: 'opera:firefox', status: 'passed' }]);
      expect(result.browsers).toMatchObject([{ name: 'opera', kind: 'chromium' }, { name: 'firefox' }]);
    },
  );
});

/** Without a camera in use a page has no right to plain addresses (RFC 8828 §5.2), so none is opened here. */
const withoutMedia = defineScenario({
  name: 'without-media',
  summary: 'A connection is offered by a peer that sends nothing.',
  guardsAgainst: 'host candidates of the wrong kind',
  roles: ['caller', 'callee'],
  async script({ caller, callee }) {
    await Promise.all([caller.join(), callee.join()]);
    // Whether mDNS names can be resolved is the network's business: what is offered counts here.
    await caller.call(callee).catch(() => {});
  },
});

describe.for(['chrome', 'firefox'])('host candidates of %s', (browser) => {
  const addresses = async (mdns: boolean) => {
    const options = { mdns, callTimeoutMs: 5000 };
    await using run = await tryScenario(withoutMedia, { pairs: [`${browser}:${browser}`], options });
    const { peers } = await run.stored.record(`001-${browser}-${browser}`);
    return peers['caller']!.evidence.localCandidates.map(({ address }) => address ?? '');
  };

  test('are plain addresses by default', async () => {
    const plain = await addresses(false);
    expect(plain.length).toBeGreaterThan(0);
    expect(plain.filter((address) => address.endsWith('.local'))).toEqual([]);
  });

  test('are mDNS names with --mdns', async () => {
    const kept = await addresses(true);
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.filter((address) => !address.endsWith('.local'))).toEqual([]);
  });
});
