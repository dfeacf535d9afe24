import { once } from 'node:events';
import { EventEmitter } from 'node:events';
import { appendFile, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test, vi } from 'vitest';
import { readJsonLines } from '../../harness/store/lines.ts';
import { openRun } from '../../harness/store/open-run.ts';
import { createRunStore } from '../../harness/store/run-store.ts';
import { SeriesWriter } from '../../harness/store/series-writer.ts';
import { aCall, aPlan, aStatsLine, temporaryFolder } from './a-run.ts';

/** A disk that writes when it is told to. */
class SlowDisk extends EventEmitter {
  readonly files: Record<string, string> = {};
  writing = 0;
  most = 0;
  #go: (() => void)[] = [];
  isStuck = false;

  readonly write = async (path: string, bytes: Uint8Array): Promise<void> => {
    this.writing++;
    this.most = Math.max(this.most, this.writing);
    this.emit('write');
    if (this.isStuck) await new Promise<void>((go) => this.#go.push(go));
    this.files[path] = (this.files[path] ?? '') + gunzipSync(bytes).toString();
    this.writing--;
  };

  goOn(): void {
    this.isStuck = false;
    for (const go of this.#go.splice(0)) go();
  }
}

function writerOn(disk: SlowDisk, options: { budgetChars?: number; longestWaitMs?: number } = {}) {
  return new SeriesWriter({ write: disk.write, onFailure: () => {}, ...options });
}

test('SeriesWriter.settled() writes the lines of each file in their order', async () => {
  const disk = new SlowDisk();
  const writer = writerOn(disk);
  for (let line = 0; line < 100; line++) writer.append(`file ${line % 3}`, `${line}\n`);
  await writer.settled(['file 0']);
  expect(Object.keys(disk.files)).toEqual(['file 0']);
  for (let line = 100; line < 200; line++) writer.append(`file ${line % 3}`, `${line}\n`);
  await writer.close();
  for (const file of [0, 1, 2]) {
    const expected = Array.from({ length: 200 }, (_, line) => line).filter((line) => line % 3 === file);
    expect(disk.files[`file ${file}`]).toBe(expected.map((line) => `${line}\n`).join(''));
  }
  expect(writer.fill).toBe(0);
});

test('SeriesWriter writes lines by themselves when they have waited long enough', async () => {
  const disk = new SlowDisk();
  const writer = writerOn(disk, { longestWaitMs: 1 });
  writer.append('a', 'x\n');
  await once(disk, 'write');
  await vi.waitFor(() => expect(disk.files).toEqual({ a: 'x\n' }), 10_000);
});

test('SeriesWriter says how full its memory is while the disk is slow, and loses nothing', async () => {
  const disk = new SlowDisk();
  disk.isStuck = true;
  const writer = writerOn(disk, { budgetChars: 1000, longestWaitMs: 1 });
  for (let file = 0; file < 100; file++) writer.append(`file ${file}`, 'nine more\n');
  expect(writer.fill).toBe(1);
  for (let file = 0; file < 100; file++) writer.append(`file ${file}`, 'nine more\n');
  expect(writer.fill).toBe(2);
  const settled = writer.settled();
  disk.goOn();
  await settled;
  expect(writer.fill).toBe(0);
  expect(disk.most).toBeLessThanOrEqual(4);
  expect(new Set(Object.values(disk.files))).toEqual(new Set(['nine more\nnine more\n']));
  expect(Object.keys(disk.files)).toHaveLength(100);
});

test('SeriesWriter tells of the first write that fails, and writes nothing more', async () => {
  const failures: unknown[] = [];
  const writer = new SeriesWriter({
    write: () => Promise.reject(new Error('full')),
    onFailure: (thrown, path) => failures.push([path, (thrown as Error).message]),
  });
  for (let file = 0; file < 20; file++) writer.append(`file ${file}`, 'x\n');
  await writer.close();
  writer.append('later', 'x\n');
  await writer.close();
  expect(failures).toEqual([['file 0', 'full']]);
});

test('StoredRun.stats() reads series, also after a crash cut the last of them short', async () => {
  await using root = await temporaryFolder();
  await using store = await createRunStore({ root: root.path, runId: 'r1' });
  await store.writePlan(aPlan());
  const path = join(store.folder, 'calls/1/caller.stats.jsonl.gz');
  store.appendSeries('1', 'caller', aStatsLine(0, 'ü'));
  await store.flush();
  store.appendSeries('1', 'caller', aStatsLine(1));
  store.appendSeries('1', 'caller', aStatsLine(2));
  await store.writeCall({ ...aCall('1'), peers: {} });
  await store.flush();
  const run = await openRun(store.folder);
  expect([...run.stats('1', 'caller')].map(({ seq }) => seq)).toEqual([0, 1, 2]);
  const whole = await readFile(path);
  await truncate(path, whole.length - 12);
  const cut = [...run.stats('1', 'caller')].map(({ seq }) => seq);
  expect(cut[0]).toBe(0);
  expect(cut.length).toBeLessThan(3);
  await truncate(path, 0);
  expect([...run.stats('1', 'caller')]).toEqual([]);
});

test('RunStore.writeCall() has all series of the call on disk', async () => {
  await using root = await temporaryFolder();
  await using store = await createRunStore({ root: root.path, runId: 'r1' });
  const record = aCall('1');
  const peer = { role: 'caller', browser: 'chrome', marks: {}, console: [], process: [] };
  const evidence = { states: [], localCandidates: [], remoteCandidates: [], iceErrors: [] };
  store.appendSeries('1', 'caller', aStatsLine(0));
  await store.writeCall({ ...record, peers: { caller: { ...peer, evidence } } });
  const path = join(store.folder, 'calls/1/caller.stats.jsonl.gz');
  expect([...readJsonLines(path)]).toEqual([aStatsLine(0)]);
});

test('RunStore fails as one if series cannot be written', async () => {
  await using root = await temporaryFolder();
  await using store = await createRunStore({ root: root.path, runId: 'r1' });
  await appendFile(join(store.folder, 'calls'), 'in the way');
  store.appendSeries('1', 'caller', aStatsLine(0));
  await expect(store.flush()).rejects.toMatchObject({ name: 'StoreError' });
  expect(store.failure.aborted).toBe(true);
});
