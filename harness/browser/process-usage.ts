import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks per second in /proc; 100 on every Linux that Node runs on (`getconf CLK_TCK`). */
const TICKS_PER_SECOND = 100;
/** Which processes belong to the tree changes seldom. */
const TREE_MS = 5000;
/** The kernel walks every page of every process to tell the proportional set size: 20 to 40 ms for a browser. */
const PSS_MS = 15_000;
/** The first size is taken when the browser has settled. */
const FIRST_PSS_MS = 2000;
/** Several peers of one browser ask at the same moment: one look answers them all. */
const FRESH_MS = 100;

export interface ProcessUsage {
  /** CPU seconds the tree has used so far; processes that have ended since the last look are missing. */
  cpuSeconds: number;
  /** Proportional set size, bytes; in few samples only, as it is dear to measure. */
  pssBytes?: number;
}

/** CPU and memory of a process and all it started. Linux only: elsewhere `measure` gives `undefined`. */
export class ProcessMeter {
  #pid: number;
  #now: () => number;
  #tree: number[] = [];
  #treeDueMs = 0;
  #pssDueMs: number;
  #last: { atMs: number; usage: ProcessUsage | undefined } | undefined;

  constructor(pid: number, { now = () => performance.now() }: { now?: () => number } = {}) {
    this.#pid = pid;
    this.#now = now;
    this.#pssDueMs = now() + FIRST_PSS_MS;
  }

  measure(): ProcessUsage | undefined {
    if (process.platform !== 'linux') return undefined;
    const atMs = this.#now();
    if (this.#last && atMs - this.#last.atMs < FRESH_MS) return this.#last.usage;
    this.#last = { atMs, usage: this.#look(atMs) };
    return this.#last.usage;
  }

  #look(atMs: number): ProcessUsage | undefined {
    if (atMs >= this.#treeDueMs) {
      this.#tree = processTree(this.#pid);
      this.#treeDueMs = atMs + TREE_MS;
    }
    const ticks = this.#tree.map(cpuTicks).filter((value) => value !== undefined);
    if (ticks.length === 0) return undefined;
    const cpuSeconds = sum(ticks) / TICKS_PER_SECOND;
    if (atMs < this.#pssDueMs) return { cpuSeconds };
    this.#pssDueMs = atMs + PSS_MS;
    const pss = this.#tree.map(pssBytes).filter((value) => value !== undefined);
    return pss.length === 0 ? { cpuSeconds } : { cpuSeconds, pssBytes: sum(pss) };
  }
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
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
