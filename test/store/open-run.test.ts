import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findRun, listRuns } from '../../harness/store/find-run.ts';
import { openRun } from '../../harness/store/open-run.ts';
import { createRunStore } from '../../harness/store/run-store.ts';
import { aCall, aPlan, aStatsLine, temporaryFolder } from './a-run.ts';

async function aStoredRun(root: string, runId = 'r1', calls = ['001-a', '002-b', '003-c']) {
  await using store = await createRunStore({ root, runId });
  await store.writePlan(aPlan(runId, calls));
  void store.appendStats('001-a', 'caller', aStatsLine(0));
  void store.appendStats('001-a', 'caller', aStatsLine(1, 'ü'.repeat(300_000)));
  await store.writeCall(aCall('001-a'));
  await store.writeCall(aCall('003-c'));
  void store.appendStats('002-b', 'caller', aStatsLine(0));
  void store.appendBrowserLog('chrome', 'one\ntwo\n');
  await store.close();
  return store.folder;
}

test('StoredRun.records() gives the calls that ended in the order of the plan', async () => {
  await using root = await temporaryFolder();
  const run = await openRun(await aStoredRun(root.path));
  const ids: string[] = [];
  for await (const record of run.records()) ids.push(record.id);
  expect(ids).toEqual(['001-a', '003-c']);
});

test('StoredRun.stats() gives each line as it was appended, however long', async () => {
  await using root = await temporaryFolder();
  const run = await openRun(await aStoredRun(root.path));
  expect([...run.stats('001-a', 'caller')]).toEqual([aStatsLine(0), aStatsLine(1, 'ü'.repeat(300_000))]);
});

test('StoredRun.stats() drops a last line that was cut short', async () => {
  await using root = await temporaryFolder();
  const folder = await aStoredRun(root.path);
  await appendFile(join(folder, 'calls/001-a/caller.stats.jsonl'), '{"t":3,"conn');
  expect([...(await openRun(folder)).stats('001-a', 'caller')]).toHaveLength(2);
});

test('StoredRun.stats() throws StoreError naming the line if one in the middle is not JSON', async () => {
  await using root = await temporaryFolder();
  const folder = await aStoredRun(root.path);
  await writeFile(join(folder, 'calls/001-a/caller.stats.jsonl'), '{"t":1}\n{oops\n{"t":3}\n');
  const run = await openRun(folder);
  expect(() => [...run.stats('001-a', 'caller')]).toThrow(/caller\.stats\.jsonl:2 is not JSON/);
});

test('StoredRun is empty where nothing was written', async () => {
  await using root = await temporaryFolder();
  const run = await openRun(await aStoredRun(root.path));
  expect([...run.stats('001-a', 'callee')]).toEqual([]);
  expect([...run.console('001-a', 'caller')]).toEqual([]);
  expect([...run.events()]).toEqual([]);
  expect([...run.signaling('nosuch')]).toEqual([]);
  expect(await run.result()).toBeUndefined();
  expect([...run.browserLog('chrome')]).toEqual(['one', 'two']);
});

test('openRun() rejects if the folder is no run', async () => {
  await using root = await temporaryFolder();
  await expect(openRun(root.path)).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
});

test('openRun() rejects if the run is of another version', async () => {
  await using root = await temporaryFolder();
  await writeFile(join(root.path, 'plan.json'), '{"schemaVersion":2}');
  await expect(openRun(root.path)).rejects.toMatchObject({ code: 'RUN_VERSION' });
});

test('openRun() rejects if the plan is not JSON', async () => {
  await using root = await temporaryFolder();
  await writeFile(join(root.path, 'plan.json'), '{"schemaV');
  await expect(openRun(root.path)).rejects.toMatchObject({ code: 'RUN_CORRUPT' });
});

test('findRun() finds a run by path, by name and by latest', async () => {
  await using root = await temporaryFolder();
  const folder = await aStoredRun(root.path);
  expect(await findRun('r1', root.path, '/')).toBe(folder);
  expect(await findRun('latest', root.path, '/')).toBe(folder);
  expect(await findRun(folder, '/nowhere', '/')).toBe(folder);
  expect(await findRun('./r1', '/nowhere', root.path)).toBe(folder);
});

test('findRun() follows a latest that is a text file', async () => {
  await using root = await temporaryFolder();
  await mkdir(join(root.path, 'runs/r7'), { recursive: true });
  await writeFile(join(root.path, 'runs/r7/plan.json'), JSON.stringify(aPlan('r7')));
  await writeFile(join(root.path, 'runs/latest'), 'r7\n');
  expect(await findRun('latest', join(root.path, 'runs'), '/')).toBe(join(root.path, 'runs/r7'));
});

test('findRun() names the nearest run and the newest if there is none of that name', async () => {
  await using root = await temporaryFolder();
  await aStoredRun(root.path, '2030-a');
  await aStoredRun(root.path, '2031-b');
  expect(await listRuns(root.path)).toEqual(['2030-a', '2031-b']);
  await expect(findRun('2030-x', root.path, '/')).rejects.toMatchObject({
    code: 'RUN_NOT_FOUND',
    hint: expect.stringMatching(/2030-a\?.*2031-b/),
  });
});
