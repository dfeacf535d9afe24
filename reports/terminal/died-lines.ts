import { printableLine } from '../printable.ts';
import { colorMark, type Colors } from './ink.ts';

const MOST_STDERR = 5;

export interface Death {
  pid?: number;
  /** How it was lost, where its process tells nothing. */
  why?: string;
  exitCode: number | null;
  signal: string | null;
  stderr: string[];
}

/** What a process died of, and the last it said. */
export function diedLines(what: string, { stderr, ...death }: Death, colors: Colors): string[] {
  return [
    `${colorMark('errored', colors)} ${what} ${describe(death)}`,
    ...stderr.slice(-MOST_STDERR).map((line) => colors.dim(`    ${printableLine(line, 300)}`)),
  ];
}

function describe({ pid, why, signal, exitCode }: Omit<Death, 'stderr'>): string {
  if (why !== undefined) return `was lost: ${printableLine(why, 300)}`;
  return `(pid ${pid}) died of ${signal ?? `exit code ${exitCode ?? 'unknown'}`}`;
}
