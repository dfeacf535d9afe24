import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { fileWriter, parquetWriteRows } from 'hyparquet-writer';
import { writeError } from '../store/store-error.ts';
import { COLUMNS, type Row } from './rows.ts';

export const FORMATS = ['parquet', 'csv', 'jsonl'] as const;
export type Format = (typeof FORMATS)[number];

/** So many rows are in memory at a time: some 20 MB. */
const ROW_GROUP = 50_000;
/** Lines are written in blocks of so many characters. */
const BLOCK_CHARS = 64 * 1024;

/**
 * Writes a table, whole or not at all, in bounded memory.
 *
 * @returns how many rows it has
 * @throws StoreError if the file cannot be written
 */
export async function writeTable(rows: AsyncIterable<Row>, format: Format, path: string): Promise<number> {
  const temporary = `${path}.${process.pid}.tmp`;
  let count = 0;
  async function* counted(): AsyncGenerator<Row> {
    for await (const row of rows) {
      count++;
      yield row;
    }
  }
  try {
    if (format === 'parquet') await writeParquet(counted(), temporary);
    else await writeLines(counted(), LINES[format], temporary);
    await rename(temporary, path);
    return count;
  } catch (thrown) {
    await rm(temporary, { force: true });
    throw writeError(thrown, path);
  }
}

async function writeParquet(rows: AsyncIterable<Row>, path: string): Promise<void> {
  const columns = Object.entries(COLUMNS).map(([name, type]) => ({ name, type }));
  await parquetWriteRows({
    writer: fileWriter(path),
    rows: rows as AsyncIterable<Record<string, unknown>>,
    columns,
    rowGroupSize: ROW_GROUP,
  });
}

interface LineFormat {
  head: string;
  line: (row: Row) => string;
}

const NAMES = Object.keys(COLUMNS) as (keyof Row)[];

const LINES: Record<Exclude<Format, 'parquet'>, LineFormat> = {
  csv: {
    head: `${NAMES.join(',')}\n`,
    line: (row) => `${NAMES.map((name) => field(row[name])).join(',')}\n`,
  },
  jsonl: { head: '', line: (row) => `${JSON.stringify(row)}\n` },
};

/** @see https://www.rfc-editor.org/rfc/rfc4180#section-2 */
function field(value: Row[keyof Row]): string {
  if (value === null) return '';
  const text = value instanceof Date ? value.toISOString() : `${value}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

async function writeLines(rows: AsyncIterable<Row>, { head, line }: LineFormat, path: string): Promise<void> {
  const file = createWriteStream(path);
  const failed = once(file, 'error').then(([error]) => Promise.reject(error as Error));
  failed.catch(() => {});
  let block = head;
  for await (const row of rows) {
    block += line(row);
    if (block.length < BLOCK_CHARS) continue;
    if (!file.write(block)) await Promise.race([once(file, 'drain'), failed]);
    block = '';
  }
  file.end(block);
  await finished(file);
}
