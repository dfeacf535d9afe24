import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { rowsOf, type Row } from '../../harness/export/rows.ts';
import { writeTable } from '../../harness/export/write-table.ts';
import { openRun, type StoredRun } from '../../harness/store/open-run.ts';
import { createRunStore } from '../../harness/store/run-store.ts';
import { judge } from '../../harness/verdict/judge.ts';
import { replayedCall } from '../collector/a-replayed-call.ts';
import { aPlan, temporaryFolder } from '../store/a-run.ts';

const CALLS = ['001-a', '002-b'];

async function aRun(root: string): Promise<StoredRun> {
  await using store = await createRunStore({ root, runId: 'r1' });
  await store.writePlan(aPlan('r1', CALLS));
  for (const id of CALLS) {
    const { record, sent } = replayedCall(40, id);
    for (const { role, delta } of sent) store.appendSeries(id, role, delta);
    await store.writeCall(record);
  }
  return await openRun(store.folder);
}

async function query(sql: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function judged(run: StoredRun) {
  const { metrics } = await judge({
    plan: run.plan,
    records: run.records(),
    statsOf: (call, role) => run.stats(call, role),
    environment: {
      os: '',
      arch: '',
      node: '',
      cpus: 1,
      cpuModel: '',
      memoryBytes: 1,
      ci: false,
      network: 'loopback',
    },
    startedAtMs: 0,
    finishedAtMs: 1,
  });
  return metrics;
}

test('writeTable() writes Parquet from which DuckDB has the percentiles of the judge', async () => {
  await using root = await temporaryFolder();
  const run = await aRun(root.path);
  const file = join(run.folder, 'samples.parquet');
  const rows = await writeTable(rowsOf(run), 'parquet', file);
  const [count] = await query(`SELECT count(*)::INT AS n, min(t) AS since FROM '${file}'`);
  expect(count).toMatchObject({ n: rows });
  expect(rows).toBeGreaterThan(1000);
  const found = await query(
    `SELECT metric, quantile_cont(value, 0.95) AS p95, count(*)::INT AS n FROM '${file}' GROUP BY metric`,
  );
  const metrics = await judged(run);
  for (const metric of ['rtt_ms', 'fps_received', 'recv_bitrate_bps', 'jitter_ms']) {
    const { p95, n } = found.find((each) => each['metric'] === metric)!;
    expect(n, metric).toBe(metrics[metric]!.samples);
    expect(p95, metric).toBeCloseTo(metrics[metric]!.p95!, 6);
  }
  const kinds = await query(
    `SELECT DISTINCT role, kind, codec FROM '${file}' WHERE metric = 'fps_received' AND step = 'hold' ORDER BY role`,
  );
  expect(kinds).toEqual([
    { role: 'callee', kind: 'video', codec: 'VP8' },
    { role: 'caller', kind: 'video', codec: 'VP8' },
  ]);
});

test('writeTable() writes the same table as CSV and as JSON lines', async () => {
  await using root = await temporaryFolder();
  const run = await aRun(root.path);
  const sums = await Promise.all(
    (['parquet', 'csv', 'jsonl'] as const).map(async (format) => {
      const file = join(run.folder, `samples.${format}`);
      await writeTable(rowsOf(run), format, file);
      const from = format === 'jsonl' ? `read_json('${file}')` : `'${file}'`;
      const [row] = await query(
        `SELECT count(*)::INT AS n, round(sum(value), 3) AS sum, count(kind)::INT AS kinds, count(DISTINCT t)::INT AS times FROM ${from}`,
      );
      return row;
    }),
  );
  expect(sums[1]).toEqual(sums[0]);
  expect(sums[2]).toEqual(sums[0]);
});

const ROW: Row = {
  t: new Date(0),
  call: '1',
  load: null,
  cell: 'a:b',
  role: 'a "b", c',
  browser: null,
  browser_version: null,
  remote: null,
  metric: 'rtt_ms',
  value: 0.5,
  unit: 'ms',
  kind: null,
  codec: null,
  candidate_type: null,
  step: 'two\nlines',
};

test('writeTable() quotes what would break a line of CSV, and leaves what is absent empty', async () => {
  await using root = await temporaryFolder();
  const file = join(root.path, 'samples.csv');
  await writeTable(many(ROW, 1), 'csv', file);
  const [, ...rest] = (await readFile(file, 'utf8')).split('\n');
  expect(rest.join('\n')).toBe(
    '1970-01-01T00:00:00.000Z,1,,a:b,"a ""b"", c",,,,rtt_ms,0.5,ms,,,,"two\nlines"\n',
  );
});

test('writeTable() holds few rows at a time, however many there are', async () => {
  await using root = await temporaryFolder();
  const file = join(root.path, 'samples.parquet');
  expect(await writeTable(many(ROW, 120_000), 'parquet', file)).toBe(120_000);
  const groups = await query(
    `SELECT DISTINCT row_group_id, row_group_num_rows::INT AS n FROM parquet_metadata('${file}') ORDER BY row_group_id`,
  );
  expect(groups.map(({ n }) => n)).toEqual([50_000, 50_000, 20_000]);
});

test('writeTable() rejects with StoreError and leaves nothing behind if the rows break off', async () => {
  await using root = await temporaryFolder();
  const file = join(root.path, 'samples.jsonl');
  async function* broken(): AsyncGenerator<Row> {
    yield* many(ROW, 2);
    throw new Error('no more');
  }
  await expect(writeTable(broken(), 'jsonl', file)).rejects.toThrow('no more');
  await expect(readFile(file)).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(writeTable(many(ROW, 1), 'csv', join(root.path, 'no/such/folder.csv'))).rejects.toMatchObject({
    name: 'StoreError',
  });
});

async function* many(row: Row, count: number): AsyncGenerator<Row> {
  for (let index = 0; index < count; index++) yield await Promise.resolve(row);
}
