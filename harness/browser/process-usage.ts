import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks per second in /proc; 100 on every Linux that Node runs on (`getconf CLK_TCK`). */
const TICKS_PER_SECOND = 100;
/** The tree of processes changes seldom and is dear to walk. */
const TREE_EVERY = 5;

export interface ProcessUsage {
  /** CPU seconds the tree has used so far; processes that have ended since the last look are missing. */
  cpuSeconds: number;
  /** Proportional set size; measured every few samples only, as the kernel walks all pages for it. */
  pssBytes?: number;
}

/** CPU and memory of a process and all it started. Linux only: elsewhere `measure` gives `undefined`. */
export class ProcessMeter {
  #pid: number;
  #tree: number[] = [];
  #looks = 0;

  constructor(pid: number) {
    this.#pid = pid;
  }

  measure(): ProcessUsage | undefined {
    if (process.platform !== 'linux') return undefined;
    const isTreeDue = this.#looks++ % TREE_EVERY === 0;
    if (isTreeDue) this.#tree = processTree(this.#pid);
    const ticks = this.#tree.map(cpuTicks).filter((value) => value !== undefined);
    if (ticks.length === 0) return undefined;
    const cpuSeconds = ticks.reduce((sum, value) => sum + value, 0) / TICKS_PER_SECOND;
    if (!isTreeDue) return { cpuSeconds };
    const pss = this.#tree.map(pssBytes).filter((value) => value !== undefined);
    return pss.length === 0
      ? { cpuSeconds }
      : { cpuSeconds, pssBytes: pss.reduce((sum, value) => sum + value, 0) };
  }
}

/** The process and its descendants, by the parents that /proc tells of. */
function processTree(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!(pid > 0)) continue;
    const parent = statFields(pid)?.[1];
    if (parent === undefined) continue;
    const siblings = children.get(Number(parent)) ?? [];
    siblings.push(pid);
    children.set(Number(parent), siblings);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

/** utime and stime (proc_pid_stat(5), fields 14 and 15). */
function cpuTicks(pid: number): number | undefined {
  const fields = statFields(pid);
  return fields && Number(fields[11]) + Number(fields[12]);
}

/** What follows the command's name, which may itself hold spaces and parentheses: state, parent, … */
function statFields(pid: number): string[] | undefined {
  const stat = read(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function pssBytes(pid: number): number | undefined {
  const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/smaps_rollup`) ?? '')?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}
