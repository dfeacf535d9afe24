import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CapacityResult } from '../../harness/capacity/capacity-result.ts';
import { RunResult } from '../../harness/result.ts';
import { runsFolder, startCli } from '../helpers/cli.ts';

const BOTS = ['run', 'p2p-call', '--pairs', 'bot:bot'];
const SHORT = ['--capacity-level', '1500ms', '--stats-interval', '250ms'];

/** A search with calls of bots, each level as short as can be. */
const search = (out: string, capacity: string, ...more: string[]) =>
  startCli([...BOTS, ...SHORT, '--out', out, '--capacity', capacity, ...more]);

async function readResult(out: string): Promise<CapacityResult> {
  return JSON.parse(await readFile(join(out, 'latest', 'capacity.json'), 'utf8')) as CapacityResult;
}

test('--capacity finds the largest number of calls that meets the thresholds, and keeps each level', async () => {
  await using folder = await runsFolder();
  // As many VUs as there are: it breaks from the second on, whatever the machine.
  await using cli = search(folder.path, 'connection_success>=0.99,vus_max=value<2');
  const { exitCode, stdout } = await cli.ended;
  expect(stdout).toContain('1 call at a time holds (');
  expect(stdout).toContain('2 calls at a time: vus_max value<2, got 2');
  expect(exitCode).toBe(0);
  const { levels, holds, breaksAt, limitedBy } = await readResult(folder.path);
  expect({ holds, breaksAt, limitedBy }).toEqual({ holds: 1, breaksAt: 2, limitedBy: 'service' });
  expect(levels.map(({ vus, outcome }) => `${vus} ${outcome}`)).toEqual(['1 held', '2 broke', '1 held']);
  const broken = await readFile(join(folder.path, 'latest', levels[1]!.folder, 'result.json'), 'utf8');
  expect(RunResult.parse(JSON.parse(broken)).calls).toHaveLength(2);
  expect(await readFile(join(folder.path, 'latest', 'summary.md'), 'utf8')).toContain(
    '1 call at a time holds',
  );
});

test('--capacity fails if not even one call holds', async () => {
  await using folder = await runsFolder();
  await using cli = search(folder.path, 'vus_max=value<1');
  const { exitCode, stdout } = await cli.ended;
  expect(stdout).toContain('not even one call holds; 1 call at a time: vus_max value<1, got 1');
  expect(exitCode).toBe(99);
});

test('--capacity keeps the levels that were measured when it is stopped', async () => {
  await using folder = await runsFolder();
  await using cli = search(folder.path, 'connection_success>=0.99', '--capacity-max', '64');
  await cli.sees(/level 2: 2 calls at a time/);
  cli.kill('SIGINT');
  const { exitCode, stdout } = await cli.ended;
  expect(exitCode).toBe(105);
  expect(stdout).toContain('stopped by SIGINT after 1 level: at least 1 call at a time holds');
  expect((await readResult(folder.path)).levels.map(({ vus }) => vus)).toEqual([1]);
});

test('--capacity tells everything that is wrong at once', async () => {
  await using folder = await runsFolder();
  await using cli = search(
    folder.path,
    'fps_received>=15,conection_success>=1',
    '--vus',
    '3',
    '--capacity-start',
    '0',
  );
  const { exitCode, stderr } = await cli.ended;
  expect(exitCode).toBe(104);
  expect(stderr).toContain('--vus: expected not to be given with --capacity');
  expect(stderr).toContain('--capacity-start: expected a whole number of calls from 1 to 10000, got "0"');
  expect(stderr).toContain('write it like fps_received=p(95)>=15');
  expect(stderr).toContain('connection_success');
});
