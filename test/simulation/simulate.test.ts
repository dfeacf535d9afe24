import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { TemporaryFolder } from '../../harness/lifecycle/temporary-folder.ts';
import { requireOpenFiles } from '../../harness/simulation/open-files.ts';
import { renderSimulated } from '../../harness/simulation/render-simulated.ts';
import { simulate, type Simulated } from '../../harness/simulation/simulate.ts';

const PEERS = 20;
const GIVEN = { peers: PEERS, durationMs: 1500, statsIntervalMs: 100 };
/** Of a disk that takes so long for every write that twenty files cannot be kept up with. */
const SEEK_MS = 400;
const { signal } = new AbortController();

test('simulate() has every sample that was sent over the sockets measured and on disk', async () => {
  await using temporary = TemporaryFolder.open();
  const simulated = await simulate({ ...GIVEN, temporary, signal });
  expect(simulated.replayer.sent).toBeGreaterThan(PEERS);
  expect(simulated).toMatchObject({ peers: PEERS, samples: simulated.replayer.sent, thinned: 0 });
  expect(simulated.values).toBeGreaterThan(5 * simulated.samples);
  expect(simulated.writtenBytes).toBeGreaterThan(0);
  expect(simulated.lagMs.med).toBeGreaterThan(0);
}, 60_000);

test('simulate() counts what a slow disk was spared, and measures all of it', async () => {
  await using temporary = TemporaryFolder.open();
  const write = async (path: string, bytes: Uint8Array): Promise<void> => {
    await setTimeout(SEEK_MS);
    await mkdir(dirname(path), { recursive: true });
    await appendFile(path, bytes);
  };
  const series = { write, budgetChars: 60_000, longestWaitMs: 1 };
  const simulated = await simulate({ ...GIVEN, temporary, signal, series });
  expect(simulated.thinned).toBeGreaterThan(0);
  expect(simulated).toMatchObject({ samples: simulated.replayer.sent, thinnedCalls: PEERS / 2 });
}, 60_000);

test('simulate() stops when it is told to', async () => {
  await using temporary = TemporaryFolder.open();
  const stop = new AbortController();
  const running = simulate({ ...GIVEN, durationMs: 600_000, temporary, signal: stop.signal });
  stop.abort(new Error('SIGINT'));
  await expect(running).rejects.toThrow('SIGINT');
}, 60_000);

test('requireOpenFiles() says how many peers fit', () => {
  expect(() => requireOpenFiles(800, 1024)).not.toThrow();
  expect(() => requireOpenFiles(1000, undefined)).not.toThrow();
  expect(() => requireOpenFiles(1000, 1024)).toThrow(
    '1000 peers need 1200 open files, 1024 are allowed: 824 peers fit',
  );
});

const SIMULATED: Simulated = {
  peers: 1000,
  durationMs: 10_000,
  samples: 10_000,
  values: 200_000,
  cores: 0.25,
  otherCores: 0.1,
  rssBytes: 300 << 20,
  rssBeforeBytes: 100 << 20,
  lagMs: { med: 2, p95: 10, max: 40 },
  drainMs: 5,
  writtenBytes: 2 << 20,
  thinned: 0,
  thinnedCalls: 0,
  longestDelayMs: 5000,
  replayer: { sent: 10_000, sentMs: 10_000, lateP95Ms: 4, latestMs: 9, cores: 0.1 },
  isReplayerLate: false,
};

test('renderSimulated() shows each simulation, how figures grow, and a replayer that was late', () => {
  const more: Simulated = {
    ...SIMULATED,
    peers: 10_000,
    cores: 1,
    rssBytes: 1100 << 20,
    lagMs: { med: 20, p95: 25_000, max: 30_000 },
    writtenBytes: 20 << 20,
    replayer: { ...SIMULATED.replayer, lateP95Ms: 230 },
    isReplayerLate: true,
  };
  expect(renderSimulated([SIMULATED, more]).split('\n')).toEqual([
    '  peers  samples/s   values/s   cores  others   memory  lag med      p95     disk  thinned',
    '   1000       1000      20000    0.25    0.10   300 MB     2 ms    10 ms     2 MB        0',
    '  10000       1000      20000    1.00    0.10  1100 MB    20 ms   25.0 s    20 MB        0',
    '1000 → 10000 peers (× 10.0): CPU × 4.0, memory × 5.0, lag (p95) × 2500.0, disk × 10.0',
    '✕ 10000 peers: inconclusive, the replayer itself was late (p95 230 ms, at most 100 ms may be)',
    '',
  ]);
});
