import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RunResult } from '../../harness/result.ts';
import { findBrowsers } from '../../harness/setup/find-browsers.mjs';
import { startCli } from '../helpers/cli.ts';
import { TestFolder } from '../helpers/programs.ts';

const [shell] = findBrowsers({ wanted: ['headless-shell'] }).found;

test.skipIf(!shell)(
  "a load of two calls passes in Chromium's headless shell, and every report says so",
  async () => {
    using folder = new TestFolder();
    const load = '--executor per-vu-iterations --vus 2 --iterations 1 --hold 4s --saturation tolerate';
    const flags = `run p2p-call --pairs chrome:chrome --headless shell ${load} --out ${folder.path}`;
    await using cli = startCli(flags.split(' '));
    const { exitCode, stdout, stderr } = await cli.ended;
    expect(exitCode, `${stdout}${stderr}`).toBe(0);
    const result = JSON.parse(
      await readFile(join(folder.path, 'latest', 'result.json'), 'utf8'),
    ) as RunResult;
    expect(result.fleet).toMatchObject({ isolation: 'tab', headless: 'shell', processes: 1 });
    expect(result.calls.map(({ status }) => status)).toEqual(['passed', 'passed']);
    const plan = await readFile(join(folder.path, 'latest', 'plan.json'), 'utf8');
    expect((JSON.parse(plan) as { browsers: unknown }).browsers).toMatchObject([
      { name: 'chrome', executablePath: shell!.executablePath },
    ]);
    expect(stdout).toContain('headless shell');
  },
);
