import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { main } from '../../harness/cli.ts';
import { describeEnvironment } from '../../harness/commands/environment.ts';
import { judgeStored } from '../../harness/commands/judge-stored.ts';
import type { RunEvent } from '../../harness/store/layout.ts';
import { openRun } from '../../harness/store/open-run.ts';
import { createRunStore } from '../../harness/store/run-store.ts';
import { aCall, aPlan, temporaryFolder } from '../store/a-run.ts';
import { memoryIo } from './memory-io.ts';

const CALL = '001-chrome-firefox';

const STARTED: RunEvent = { t: 1000, type: 'run-started', runId: 'r1', folder: 'r1', cells: 1, calls: 1 };

/** A run with one call that has no evidence, and these events. */
async function aStoredRun(root: string, events: RunEvent[], calls = [CALL]) {
  await using store = await createRunStore({ root, runId: 'r1' });
  await store.writePlan(aPlan());
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
