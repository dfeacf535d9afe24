import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RunResult } from '../../harness/result.ts';
import { runsFolder, startCli } from '../helpers/cli.ts';

/**
 * `callrig run …` to its end. What is tried is how loads go, not whether a machine that runs other tests beside them kept
 * up: `--saturation tolerate`.
 */
async function run(args: string[], config = '{}') {
  await using folder = await runsFolder();
  const file = join(folder.path, 'load.config.mjs');
  await writeFile(file, `export default ${config};\n`);
  await using cli = startCli([
    'run',
    ...args,
    '--saturation',
    'tolerate',
    '--config',
    file,
    '--out',
    folder.path,
    '--json',
  ]);
  const { exitCode, stdout, stderr } = await cli.ended;
  return { exitCode, stderr, result: RunResult.parse(JSON.parse(stdout)) };
}

test('p2p-call makes calls in two VUs for as long as --duration says', async () => {
  const load = ['--vus', '2', '--duration', '6s', '--hold', '2s'];
  const { exitCode, result } = await run(['p2p-call', '--browsers', 'chrome', ...load]);
  expect(result.headline).toMatch(/^p2p-call: (\d+) of \1 calls passed$/);
  expect(exitCode).toBe(0);
  const [played] = result.load!;
  expect(played).toMatchObject({
    executor: 'constant-vus',
    failed: 0,
    interrupted: 0,
    dropped: 0,
    mostVus: 2,
  });
  expect(played!.completed).toBeGreaterThanOrEqual(2);
  expect(new Set(result.calls.map(({ vu }) => vu))).toEqual(new Set([1, 2]));
  expect(result.metrics).toMatchObject({
    iterations: { count: played!.completed },
    iteration_duration_ms: { samples: played!.completed },
    call_success: { rate: 1 },
    vus_max: { value: 2 },
  });
});

test('ring-rush passes if there are VUs for all of its calls', async () => {
  const rate = ['--rate', '2', '--duration', '4s', '--vus', '8', '--max-vus', '8'];
  const hold = ['--hold', '1500ms', '--stats-interval', '250ms'];
  const { exitCode, result } = await run(['ring-rush', '--pairs', 'bot:bot', ...hold, ...rate]);
  expect(result.headline).toBe('ring-rush: 8 of 8 calls passed');
  expect(exitCode).toBe(0);
});

test('ring-rush fails if calls come faster than its VUs can take them', async () => {
  const rate = ['--rate', '4', '--duration', '4s', '--vus', '1', '--max-vus', '1'];
  const { exitCode, stderr, result } = await run([
    'ring-rush',
    '--pairs',
    'bot:bot',
    '--hold',
    '2s',
    ...rate,
  ]);
  expect(stderr).toMatch(/calls held for 2s need at least 8 VUs; about \d+ % of them will be dropped/);
  expect(exitCode).toBe(99);
  expect(result.headline).toContain('dropped_iterations');
  const [{ completed, dropped } = { completed: 0, dropped: 0 }] = result.load!;
  expect(completed).toBeGreaterThan(0);
  expect(completed + dropped, 'no iteration is late').toBe(16);
});

test('a threshold with abortOnFail stops a load at once', async () => {
  const thresholds = { iteration_duration_ms: [{ threshold: 'max<1', abortOnFail: true }] };
  const load = ['--pairs', 'bot:bot', '--vus', '2', '--duration', '1h', '--hold', '500ms'];
  const { exitCode, stderr, result } = await run(['p2p-call', ...load], JSON.stringify({ thresholds }));
  expect(exitCode).toBe(99);
  expect(stderr).toMatch(/stopping: iteration_duration_ms: expected max<1, got \d+(\.\d+)? \(abortOnFail\)/);
  expect(result.headline).toContain('iteration_duration_ms');
  expect(result.calls.length).toBeLessThanOrEqual(4);
});
