import { readdirSync, readFileSync } from 'node:fs';
import type { TreeUsage } from './machine-sample.ts';
import { readProcessStat, type ProcessStat } from './proc-files.ts';

/** Clock ticks per second in /proc; 100 on every Linux that Node runs on (`getconf CLK_TCK`). */
const TICKS_PER_SECOND = 100;
/** Which processes there are changes seldom, and looking at all of the machine's costs some ms. */
const LOOK_MS = 5000;

/** This process and all it started, tree by tree: what each used since it was last asked. Linux. */
export class OwnTrees {
  readonly #root: number;
  /** By process: which tree it belongs to. */
  #tree = new Map<number, { name: string; pid: number }>();
  #ticks = new Map<number, number>();
  #askedMs: number;
  #lookDueMs = 0;

  constructor(root = process.pid) {
    this.#root = root;
    this.#askedMs = performance.now();
  }

  usage(): TreeUsage[] {
    const nowMs = performance.now();
    const seconds = (nowMs - this.#askedMs) / 1000;
    this.#askedMs = nowMs;
    if (nowMs >= this.#lookDueMs) {
      this.#lookDueMs = nowMs + LOOK_MS;
      this.#look();
    }
    const used = new Map<number, TreeUsage>();
    for (const [pid, tree] of this.#tree) {
      const ticks = statOf(pid)?.ticks;
      if (ticks === undefined) {
        this.#tree.delete(pid);
        this.#ticks.delete(pid);
        continue;
      }
      const before = this.#ticks.get(pid);
      this.#ticks.set(pid, ticks);
      const usage = used.get(tree.pid) ?? { ...tree, cores: 0 };
      used.set(tree.pid, usage);
      // Of a process that was not there before all is new, or it is not known since when.
      if (before !== undefined && seconds > 0) usage.cores += (ticks - before) / TICKS_PER_SECOND / seconds;
    }
    return [...used.values()];
  }

  #look(): void {
    const stats = new Map<number, ProcessStat>();
    const children = new Map<number, number[]>();
    for (const pid of pids()) {
      const stat = statOf(pid);
      if (!stat) continue;
      stats.set(pid, stat);
      children.set(stat.parent, [...(children.get(stat.parent) ?? []), pid]);
    }
    this.#tree = new Map([[this.#root, { name: 'harness', pid: this.#root }]]);
    for (const first of children.get(this.#root) ?? []) {
      const tree = { name: `${stats.get(first)?.name ?? ''} ${first}`, pid: first };
      const found = [first];
      for (const pid of found) found.push(...(children.get(pid) ?? []));
      for (const pid of found) this.#tree.set(pid, tree);
    }
  }
}

function pids(): number[] {
  return readdirSync('/proc').flatMap((name) => (Number(name) > 0 ? [Number(name)] : []));
}

function statOf(pid: number): ProcessStat | undefined {
  try {
    return readProcessStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    // It has ended.
    return undefined;
  }
}
