import { printableLine } from '../printable.ts';
import { colorMark, type Colors } from './ink.ts';

const MOST_STDERR = 5;

export interface Death {
  pid: number;
  exitCode: number | null;
  signal: string | null;
  stderr: string[];
}

/** What a process died of, and the last it said. */
export function diedLines(what: string, { pid, signal, exitCode, stderr }: Death, colors: Colors): string[] {
  return [
    `${colorMark('errored', colors)} ${what} (pid ${pid}) died of ${signal ?? `exit code ${exitCode ?? 'unknown'}`}`,
    ...stderr.slice(-MOST_STDERR).map((line) => colors.dim(`    ${printableLine(line, 300)}`)),
  ];
}
