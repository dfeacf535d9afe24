import { join } from 'node:path';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import type { RunResult } from '../result.ts';
import { shownPath } from '../scenario/load.ts';
import { LAYOUT } from '../store/layout.ts';
import { hasColor, printJson, type Io } from './io.ts';

export interface PrintOptions {
  json: boolean;
  io: Pick<Io, 'stdout' | 'env' | 'cwd'>;
  /** Whether report.html is there to be pointed at. Default true. */
  hasReport?: boolean;
}

/** The verdict on stdout: a table, or result.json itself. */
export async function printResult(
  result: RunResult,
  folder: string,
  { json, io, hasReport = true }: PrintOptions,
): Promise<void> {
  if (json) {
    printJson(io, result);
    return;
  }
  const { renderTable } = await import('../../reports/terminal/table.ts');
  const { stdout, env, cwd } = io;
  const table = renderTable(result, {
    color: hasColor(stdout, env),
    width: stdout.columns ?? 100,
    ...(hasReport && { report: shownPath(join(folder, LAYOUT.report), cwd) }),
  });
  stdout.write(table);
}

/** A result's exit code; one that is none of ours counts as the environment's fault, never as a pass. */
export function exitCodeIn({ exitCode }: RunResult): ExitCode {
  return Object.values(EXIT_CODES).find((code) => code === exitCode) ?? EXIT_CODES.environment;
}
