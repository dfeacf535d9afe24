import { execFileSync } from 'node:child_process';
import { existsSync, readlinkSync } from 'node:fs';
import { mkdir, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { StoreError } from '../../harness/errors.ts';
import { makeFolder } from '../../harness/store/files.ts';
import { openRun } from '../../harness/store/open-run.ts';
import { createRunStore } from '../../harness/store/run-store.ts';
import { aCall, aPlan, aStatsLine, temporaryFolder } from './a-run.ts';

test('createRunStore() makes the folder and points latest at it', async () => {
  await using root = await temporaryFolder();
  await using first = await createRunStore({ root: root.path, runId: 'r1' });
  await using second = await createRunStore({ root: root.path, runId: 'r2' });
  expect(first.folder).toBe(join(root.path, 'r1'));
  expect(second.folder).toBe(join(root.path, 'r2'));
  if (process.platform !== 'win32') expect(readlinkSync(join(root.path, 'latest'))).toBe('r2');
});

test('createRunStore() replaces a latest that is a text file', async () => {
  await using root = await temporaryFolder();
  await writeFile(join(root.path, 'latest'), 'r0\n');
  await using store = await createRunStore({ root: root.path, runId: 'r1' });
  await store.writePlan(aPlan());
  expect((await openRun(join(root.path, 'latest'))).plan.runId).toBe('r1');
});

test('createRunStore() rejects with StoreError if the run exists', async () => {
  await using root = await temporaryFolder();
  await using _first = await createRunStore({ root: root.path, runId: 'r1' });
  await expect(createRunStore({ root: root.path, runId: 'r1' })).rejects.toMatchObject({
    code: 'STORE_NOT_WRITABLE',
    message: expect.stringContaining('exists already'),
  });
});

test('createRunStore() rejects with StoreError if the root is a file', async () => {
  await using root = await temporaryFolder();
  await writeFile(join(root.path, 'runs'), '');
  const made = createRunStore({ root: join(root.path, 'runs'), runId: 'r1' });
  await expect(made).rejects.toBeInstanceOf(StoreError);
  await expect(made).rejects.toMatchObject({ hint: expect.stringContaining('--out') });
});

test.skipIf(process.platform !== 'linux')(
  'createRunStore() rejects with StoreError if the kernel makes no folders there',
  async () => {
    const made = createRunStore({ root: '/proc/nowhere/runs', runId: 'r1' });
    await expect(made).rejects.toMatchObject({
      code: 'STORE_NOT_WRITABLE',
      message: expect.stringContaining('no folder can be made there'),
      hint: expect.stringContaining('--out'),
    });
  },
);

test('makeFolder() makes the folders above if others do so at the same time', async () => {
  await using root = await temporaryFolder();
  const runs = join(root.path, 'a/b/c');
  await Promise.all([1, 2, 3].map(() => makeFolder(runs)));
  expect(await readdir(runs)).toEqual([]);
});

test('RunStore.appendStats() keeps the order of what was appended, by file', async () => {
  await using root = await temporaryFolder();
  await using store = await createRunStore({ root: root.path, runId: 'r1' });
  await store.writePlan(aPlan());
  for (let seq = 0; seq < 500; seq += 1) {
    void store.appendStats('001-chrome-firefox', 'caller', aStatsLine(seq));
    void store.appendStats('001-chrome-firefox', 'callee', aStatsLine(seq));
    if (seq % 50 === 0) await store.flush();
  }
  await store.close();
  const run = await openRun(store.folder);
  for (const role of ['caller', 'callee']) {
    const seqs = [...run.stats('001-chrome-firefox', role)].map((line) => line.seq);
    expect(seqs).toEqual(Array.from({ length: 500 }, (_, seq) => seq));
  }
});

test('RunStore.appendStats() makes its caller wait if the disk is behind', async () => {
  await using root = await temporaryFolder();
  await using store = await createRunStore({ root: root.path, runId: 'r1' });
  const padding = 'x'.repeat(1024 * 1024);
  const accepted: number[] = [];
  const appends = Array.from({ length: 8 }, (_, seq) =>
    store.appendStats('c', 'caller', aStatsLine(seq, padding)).then(() => accepted.push(seq)),
  );
  await Promise.resolve();
  await Promise.resolve();
  expect(accepted.length).toBeLessThan(8);
  await Promise.all(appends);
  expect(accepted).toHaveLength(8);
});

test('RunStore.writeCall() writes the record after all that was appended for the call', async () => {
  await using root = await temporaryFolder();
  await using store = await createRunStore({ root: root.path, runId: 'r1' });
  void store.appendCallEvent('c1', { t: 1, role: 'caller', name: 'joined' });
  void store.appendConsole('c1', 'caller', { t: 1, level: 'error', source: 'console', text: 'é\n"' });
  await store.writeCall(aCall('c1'));
  expect((await readdir(join(store.folder, 'calls/c1'))).toSorted()).toEqual([
    'call.json',
    'caller.console.jsonl',
    'events.jsonl',
  ]);
  expect(JSON.parse(await readFile(join(store.folder, 'calls/c1/events.jsonl'), 'utf8'))).toEqual({
    t: 1,
    role: 'caller',
    name: 'joined',
  });
});

test('RunStore.appendBrowserLog() throws if a name leads out of the folder', async () => {
  await using root = await temporaryFolder();
  await using store = await createRunStore({ root: root.path, runId: 'r1' });
  expect(() => store.appendBrowserLog('../../elsewhere', 'x')).toThrow(/leads out/);
});

test('RunStore holds no file open between writes', async ({ skip }) => {
  if (!existsSync('/proc/self/fd')) return skip('needs /proc');
  await using root = await temporaryFolder();
  await using store = await createRunStore({ root: root.path, runId: 'r1' });
  for (let call = 0; call < 300; call += 1) void store.appendStats(`c${call}`, 'caller', aStatsLine(0));
  await store.flush();
  const open = await Promise.all(
    (await readdir('/proc/self/fd')).map((fd) =>
      Promise.resolve().then(() => {
        try {
          return readlinkSync(`/proc/self/fd/${fd}`);
        } catch {
          return '';
        }
      }),
    ),
  );
  expect(open.filter((target) => target.startsWith(store.folder))).toEqual([]);
});

test('RunStore fails with one StoreError and keeps what was written if the disk is full', async ({
  skip,
}) => {
  await using root = await temporaryFolder();
  using disk = mountSmallDisk(root.path);
  if (!disk) return skip('needs Linux and root, to mount a small tmpfs');
  const store = await createRunStore({ root: disk.path, runId: 'r1' });
  await store.writePlan(aPlan());
  const lines = 400;
  for (let seq = 0; seq < lines && !store.failure.aborted; seq += 1) {
    await store.appendStats('001-chrome-firefox', 'caller', aStatsLine(seq, 'x'.repeat(512))).catch(() => {});
    await store.flush().catch(() => {});
  }
  expect(store.failure.aborted).toBe(true);
  const failure: unknown = store.failure.reason;
  expect(failure).toMatchObject({ code: 'STORE_FULL', hint: expect.stringContaining('Free some space') });
  await expect(store.appendEvent({ t: 1, type: 'run-ended' })).rejects.toBe(failure);
  await expect(store.writeCall(aCall('001-chrome-firefox'))).rejects.toBe(failure);
  await expect(store.close()).rejects.toBe(failure);

  const read = [...(await openRun(store.folder)).stats('001-chrome-firefox', 'caller')];
  expect(read.length).toBeGreaterThan(10);
  expect(read.map((line) => line.seq)).toEqual(read.map((_, seq) => seq));
});

test('RunStore.appendStats() rejects with STORE_FULL if the device says so', async ({ skip }) => {
  if (!existsSync('/dev/full')) return skip('needs /dev/full');
  await using root = await temporaryFolder();
  const store = await createRunStore({ root: root.path, runId: 'r1' });
  await mkdir(join(store.folder, 'calls/c'), { recursive: true });
  await symlink('/dev/full', join(store.folder, 'calls/c/caller.stats.jsonl'));
  await store.appendStats('c', 'caller', aStatsLine(0));
  await expect(store.flush()).rejects.toMatchObject({ code: 'STORE_FULL' });
  await expect(store.appendStats('c', 'caller', aStatsLine(1))).rejects.toMatchObject({ code: 'STORE_FULL' });
});

function mountSmallDisk(folder: string): (Disposable & { path: string }) | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  return { path: folder, [Symbol.dispose]: () => void execFileSync('umount', [folder]) };
}

test('RunStore takes nothing more once it is closed: its folder does not come back for a late line', async () => {
  await using root = await temporaryFolder();
  await using store = await createRunStore({ root: root.path, runId: 'r1' });
  await store.appendBrowserLog('chrome', 'in time');
  await store.close();
  await rm(store.folder, { recursive: true });
  await store.appendBrowserLog('chrome', 'late');
  await store.flush();
  expect(existsSync(store.folder)).toBe(false);
});
