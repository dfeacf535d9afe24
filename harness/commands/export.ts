import { join, resolve } from 'node:path';
import { ConfigError } from '../errors.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { rowsOf } from '../export/rows.ts';
import { type Format, FORMATS, writeTable } from '../export/write-table.ts';
import { didYouMean } from '../nearest.ts';
import { openRun, type StoredRun } from '../store/open-run.ts';
import { foldersOf, type Flags, type Io, printJson, textOf } from './io.ts';
import { namedRun } from './named-run.ts';

/** Writes a run's values as a table, and says where it is. */
export async function exportCommand(flags: Flags, io: Io): Promise<ExitCode> {
  const format = readFormat(textOf(flags, 'format') ?? 'parquet');
  const run = await openRun(await namedRun(flags, io));
  const to = textOf(flags, 'to');
  const file =
    to === undefined ? join(run.folder, `samples.${format}`) : resolve(foldersOf(io).startedIn, to);
  const rows = await writeTable(rowsOf(run), format, file);
  const thinned = await thinnedCalls(run);
  if (thinned > 0) {
    io.stderr.write(
      `callrig: raw samples of ${thinned} calls were thinned out: their rows are fewer than the judge's values\n`,
    );
  }
  if (flags['json'] === true) printJson(io, { file, format, rows });
  else io.stdout.write(`${file}: ${rows} rows\n`);
  return EXIT_CODES.passed;
}

function readFormat(given: string): Format {
  const format = FORMATS.find((each) => each === given);
  if (format) return format;
  const hint = didYouMean(given, FORMATS);
  const problem = { path: '--format', expected: FORMATS.join(' or '), got: JSON.stringify(given) };
  throw new ConfigError([{ ...problem, ...(hint !== undefined && { hint }) }]);
}

async function thinnedCalls(run: StoredRun): Promise<number> {
  let count = 0;
  for (const call of await run.callIds()) if (await run.collected(call)) count++;
  return count;
}
