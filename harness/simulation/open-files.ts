import { readFileSync } from 'node:fs';
import { CallrigError } from '../errors.ts';

/** What a process has open beside the sockets of its peers: files that are written, pipes, libraries. */
const OWN_FILES = 200;

/**
 * Each peer takes a file descriptor in this process, and one in the replayer's. Node has raised its soft limit to the hard
 * one already. Says nothing where the limit cannot be read.
 */
export function requireOpenFiles(peers: number, limit = openFileLimit()): void {
  if (limit === undefined || peers + OWN_FILES <= limit) return;
  const fits = Math.max(0, limit - OWN_FILES);
  throw new CallrigError(
    `${peers} peers need ${peers + OWN_FILES} open files, ${limit} are allowed: ${fits} peers fit`,
    {
      code: 'TOO_FEW_OPEN_FILES',
      hint: `Raise the limit before: ulimit -Hn ${peers + OWN_FILES}`,
      details: { peers, limit, fits },
    },
  );
}

function openFileLimit(): number | undefined {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}
