import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { main } from '../../harness/cli.ts';
import { describeEnvironment } from '../../harness/commands/environment.ts';
import { judgeStored } from '../../harness/commands/judge-stored.ts';
import type { RunEvent } from '../../harness/store/layout.ts';
import type { PlannedLoad } from '../../harness/load/load.ts';
import type { Plan } from '../../harness/plan/plan.ts';
import { openRun } from '../../harness/store/open-run.ts';
import { createRunStore } from '../../harness/store/run-store.ts';
import { aCall, aPlan, temporaryFolder } from '../store/a-run.ts';
import { memoryIo } from './memory-io.ts';

const CALL = '001-chrome-firefox';

const STARTED: RunEvent = { t: 1000, type: 'run-started', runId: 'r1', folder: 'r1', cells: 1, calls: 1 };

/** A run with one call that has no evidence, and these events. */
async function aStoredRun(root: string, events: RunEvent[], calls = [CALL], changes: Partial<Plan> = {}) {
  await using store = await createRunStore({ root, runId: 'r1' });
  await store.writePlan({ ...aPlan(), ...changes });
  await store.writeEnvironment(describeEnvironment({}));
  for (const event of events) await store.appendEvent(event);
  for (const call of calls) await store.writeCall(aCall(call));
  await store.flush();
  return await openRun(store.folder);
}

test('judgeStored() takes the times of the run from its events', async () => {
  await using root = await temporaryFolder();
  const run = await aStoredRun(root.path, [STARTED, { t: 9000, type: 'run-ended' }]);
  const result = await judgeStored(run);
  expect(result.wallMs).toBe(8000);
  expect(result.aborted).toBeUndefined();
  expect(result.environment.node).toBe(process.version);
});

test('judgeStored() exits 105 if a signal stopped the run', async () => {
  await using root = await temporaryFolder();
  const aborted: RunEvent = { t: 2000, type: 'run-aborted', signal: 'SIGTERM' };
  const run = await aStoredRun(root.path, [STARTED, aborted, { t: 3000, type: 'run-ended' }]);
  expect(await judgeStored(run)).toMatchObject({ aborted: 'SIGTERM', exitCode: 105 });
});

test('judgeStored() counts a run that does not say that it ended as stopped', async () => {
  await using root = await temporaryFolder();
  const run = await aStoredRun(root.path, [STARTED]);
  expect(await judgeStored(run)).toMatchObject({ aborted: 'an unexpected end', exitCode: 105 });
});

test('judgeStored() never passes a run whose calls are not there', async () => {
  await using root = await temporaryFolder();
  const run = await aStoredRun(root.path, [STARTED, { t: 9000, type: 'run-ended' }], []);
  expect(await judgeStored(run)).toMatchObject({ status: 'inconclusive', exitCode: 111 });
});

test('judge writes result.json and exits as the verdict says; report writes the rest', async () => {
  await using root = await temporaryFolder();
  const run = await aStoredRun(root.path, [STARTED, { t: 9000, type: 'run-ended' }]);
  const io = memoryIo({ cwd: root.path });
  expect(await main(['judge', 'latest', '--out', '.', '--threshold', 'rtt_ms=avg<1', '--json'], io)).toBe(
    111,
  );
  expect(JSON.parse(io.out)).toMatchObject({ thresholds: [{ metric: 'rtt_ms', status: 'inconclusive' }] });
  expect(JSON.parse(await readFile(join(run.folder, 'result.json'), 'utf8'))).toEqual(JSON.parse(io.out));

  expect(await main(['report', 'r1', '--out', '.'], memoryIo({ cwd: root.path }))).toBe(0);
  expect(await readdir(run.folder)).toEqual(
    expect.arrayContaining(['junit.xml', 'report.html', 'result.json', 'summary.md']),
  );
});

test('judge exits 104 with every problem if its thresholds are wrong', async () => {
  await using root = await temporaryFolder();
  await aStoredRun(root.path, [STARTED]);
  const io = memoryIo({ cwd: root.path });
  const words = ['judge', 'r1', '--out', '.', '--threshold', 'rtt_ms', '--threshold', 'rt_ms=avg<1'];
  expect(await main(words, io)).toBe(104);
  expect(io.err).toContain('2 problems');
});

const aLoad = (name: string): PlannedLoad => ({
  name,
  executor: 'constant-vus',
  vus: 2,
  durationMs: 60_000,
  startTimeMs: 0,
  gracefulStopMs: 30_000,
  tags: { crowd: 'first' },
  cells: ['chrome:firefox'],
});

test('judgeStored() takes from events how many VUs loads had, also together, and what was dropped', async () => {
  await using root = await temporaryFolder();
  const vus = (load: string, count: number): RunEvent => ({ t: 2000, type: 'vus', load, vus: count });
  const dropped = (load: string, count: number): RunEvent => ({
    t: 2000,
    type: 'dropped-iterations',
    load,
    count,
  });
  const events: RunEvent[] = [
    vus('one', 2),
    vus('two', 3),
    dropped('two', 4),
    vus('one', 0),
    vus('two', 4),
    dropped('two', 1),
    vus('two', 0),
  ];
  const load = [aLoad('one'), aLoad('two')];
  const run = await aStoredRun(root.path, [STARTED, ...events, { t: 3000, type: 'run-ended' }], [], {
    load,
    calls: [],
    thresholds: {},
  });
  const result = await judgeStored(run);
  expect(result.load).toMatchObject([
    { name: 'one', mostVus: 2, dropped: 0 },
    { name: 'two', mostVus: 4, dropped: 5 },
  ]);
  expect(result.metrics).toMatchObject({ vus_max: { value: 5 }, dropped_iterations: { count: 5 } });
});

test('judgeStored() reads the calls of a load in the order they began, load by load', async () => {
  await using root = await temporaryFolder();
  const ids = ['two-00001-c', 'one-00010-c', 'one-00002-c'];
  const run = await aStoredRun(root.path, [STARTED], ids, { load: [aLoad('one'), aLoad('two')], calls: [] });
  expect(await run.callIds()).toEqual(['one-00002-c', 'one-00010-c', 'two-00001-c']);
});

test('judge --threshold may name the tags of a load', async () => {
  await using root = await temporaryFolder();
  const changes = { load: [aLoad('one')], calls: [] };
  await aStoredRun(root.path, [STARTED, { t: 9000, type: 'run-ended' }], [], changes);
  const judgeBy = async (threshold: string) => {
    const io = memoryIo({ cwd: root.path });
    const exitCode = await main(['judge', 'r1', '--out', '.', '--threshold', threshold], io);
    return [exitCode, io.err];
  };
  expect(await judgeBy('connect_ms{crowd:first}=avg<1')).toEqual([111, '']);
  const [exitCode, told] = await judgeBy('connect_ms{crwod:first}=avg<1');
  expect(exitCode).toBe(104);
  expect(told).toContain('did you mean "crowd"?');
});
