import { readFileSync } from 'node:fs';
import os from 'node:os';
import type { Room } from '../plan/room-for.ts';

/** What this machine, or the container that we are in, has left. */
export function readRoom(): Room {
  const openFiles = limitOf('Max open files');
  const processes = processesLeft();
  return {
    memoryBytes: memoryLeft(),
    ...(openFiles !== undefined && { openFiles }),
    ...(processes !== undefined && { processes }),
  };
}

/** What can be had without swapping; in a container no more than it has left. */
function memoryLeft(): number {
  const available = /^MemAvailable:\s+(\d+) kB$/m.exec(read('/proc/meminfo') ?? '')?.[1];
  const own = available === undefined ? os.freemem() : Number(available) * 1024;
  const limit = numberIn('/sys/fs/cgroup/memory.max');
  const used = numberIn('/sys/fs/cgroup/memory.current');
  return limit === undefined || used === undefined ? own : Math.max(0, Math.min(own, limit - used));
}

/**
 * Threads and processes that may still be started in this container. The user's own limit is not looked at: what others of
 * the same user have is not known without reading every process.
 *
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html (`pids.max`)
 */
function processesLeft(): number | undefined {
  const limit = numberIn('/sys/fs/cgroup/pids.max');
  const used = numberIn('/sys/fs/cgroup/pids.current');
  return limit === undefined ? undefined : Math.max(0, limit - (used ?? 0));
}

/** Of this process and, as they inherit it, of those that it starts. `undefined`: no limit, or not to be known. */
function limitOf(name: string): number | undefined {
  const soft = new RegExp(`^${name}\\s+(\\d+)`, 'm').exec(read('/proc/self/limits') ?? '')?.[1];
  return soft === undefined ? undefined : Number(soft);
}

/** `undefined` of `max`, and of a file that is not there. */
function numberIn(path: string): number | undefined {
  const text = read(path)?.trim();
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
