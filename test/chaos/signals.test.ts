import { readFile } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryHome } from '../../harness/lifecycle/leftovers.mjs';
import { RunResult } from '../../harness/result.ts';
import { runsFolder, startCli } from '../helpers/cli.ts';
import { commandLine, descendants, goneWithin } from '../helpers/processes.ts';

const HOLDING = /: hold$/;

async function readResult(folder: string): Promise<RunResult> {
  return RunResult.parse(JSON.parse(await readFile(join(folder, 'latest/result.json'), 'utf8')));
}

describe.for(['SIGINT', 'SIGTERM'] as const)(
  'callrig run stopped by %s in the middle of a call',
  (signal) => {
    test('ends its browsers, writes the partial report and exits 105', async () => {
      await using runs = await runsFolder();
      await using cli = startCli(['run', 'p2p-call', '--duration', '60s', '--out', runs.path]);
      await cli.sees(HOLDING);
      const started = descendants(cli.pid);
      expect(started.map(commandLine).join('\n')).toMatch(/firefox[^]*chrom|chrom[^]*firefox/);
      cli.kill(signal);
      const { exitCode, stdout } = await cli.ended;
      expect(exitCode).toBe(105);
      expect(stdout).toMatch(/partial|stopped|aborted/i);
      expect(await goneWithin(started, 5000)).toEqual([]);
      const result = await readResult(runs.path);
      expect(result).toMatchObject({ exitCode: 105, aborted: signal });
      // The call that was stopped is in the report with what was measured of it.
      expect(result.metrics['connect_ms']?.samples).toBeGreaterThan(0);
      expect(await readFile(join(runs.path, 'latest/report.html'), 'utf8')).toContain('001-chrome-chrome');
      expect(await readFile(join(runs.path, 'latest/junit.xml'), 'utf8')).toContain('<testsuite');
    });
  },
);

describe('callrig run killed with SIGKILL', () => {
  test('leaves no browser alive for more than 5 s, and no profile', async () => {
    await using runs = await runsFolder();
    await using cli = startCli(['run', 'p2p-call', '--duration', '60s', '--out', runs.path]);
    await cli.sees(HOLDING);
    const started = descendants(cli.pid);
    cli.kill('SIGKILL');
    await cli.ended;
    // The watchdog is one of them: when it is gone, so is the profile.
    expect(await goneWithin(started, 5000)).toEqual([]);
    expect(readdirSync(temporaryHome()).filter((name) => name.startsWith(`run-${cli.pid}-`))).toEqual([]);
    // What was streamed to disk until then can be judged: never as a pass.
    await using judged = startCli(['judge', join(runs.path, 'latest'), '--json']);
    const { exitCode, stdout } = await judged.ended;
    expect(exitCode).toBe(105);
    expect(JSON.parse(stdout)).toMatchObject({ aborted: 'an unexpected end' });
  });

  test('is cleaned up by the next run if its watchdog was killed as well', async () => {
    await using runs = await runsFolder();
    await using cli = startCli([
      'run',
      'p2p-call',
      '--pairs',
      'chrome:chrome',
      '--duration',
      '60s',
      '--out',
      runs.path,
    ]);
    await cli.sees(HOLDING);
    const started = descendants(cli.pid);
    const watchdog = started.find((pid) => commandLine(pid).includes('watchdog'))!;
    process.kill(watchdog, 'SIGKILL');
    cli.kill('SIGKILL');
    await cli.ended;
    const browser = started.filter((pid) => commandLine(pid).includes('--user-data-dir'));
    expect(browser.length).toBeGreaterThan(0);
    await using next = startCli([
      'run',
      'p2p-call',
      '--pairs',
      'chrome:chrome',
      '--duration',
      '3s',
      '--out',
      runs.path,
    ]);
    await next.sees(/removed what a killed run left/);
    expect(await goneWithin(started, 5000)).toEqual([]);
    expect((await next.ended).exitCode).toBe(0);
  });
});
