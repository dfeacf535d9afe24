import { join } from 'node:path';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { LAYOUT } from '../store/layout.ts';
import { openRun } from '../store/open-run.ts';
import { reopenRunStore } from '../store/run-store.ts';
import { printJson, type Flags, type Io } from './io.ts';
import { judgeStored } from './judge-stored.ts';
import { namedRun } from './named-run.ts';
import { writeReports } from './write-reports.ts';

/** Writes the reports of a run again, from its result.json; judges it first if there is none. Exits 0 when they are written. */
export async function report(flags: Flags, io: Io): Promise<ExitCode> {
  const run = await openRun(await namedRun(flags, io));
  await using store = reopenRunStore(run.folder);
  let result = await run.result();
  if (!result) {
    result = await judgeStored(run);
    await store.writeText(LAYOUT.result, `${JSON.stringify(result, null, 2)}\n`);
  }
  // A summary is appended to GitHub's once, by the run itself.
  await writeReports(run, result, store, { ...io, env: {} });
  const [html, junit, summary] = [LAYOUT.report, LAYOUT.junit, LAYOUT.summary].map((name) =>
    join(run.folder, name),
  );
  if (flags.json === true) printJson(io, { html, junit, summary });
  else io.stdout.write(`${html}\n${junit}\n${summary}\n`);
  return EXIT_CODES.passed;
}
