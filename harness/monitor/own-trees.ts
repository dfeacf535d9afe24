import { readdirSync, readFileSync } from 'node:fs';
import type { TreeUsage } from './machine-sample.ts';
import { readProcessStat, type ProcessStat } from './proc-files.ts';

/** Clock ticks per second in /proc; 100 on every Linux that Node runs on (`getconf CLK_TCK`). */
const TICKS_PER_SECOND = 100;
/** This process and all it started, tree by tree: what each used since it was last asked. Linux. */
export class OwnTrees {
  readonly #root: number;
  /** By process: which tree it belongs to. */
  #tree = new Map<number, Tree>();
  /** Processes that are not the run's, and will not become so. */
  #others = new Set<number>();
  #ticks = new Map<number, number>();
  #askedMs: number | undefined;

  constructor(root = process.pid) {
    this.#root = root;
  }

  usage(): TreeUsage[] {
    const nowMs = performance.now();
    const seconds = this.#askedMs === undefined ? 0 : (nowMs - this.#askedMs) / 1000;
    const isFirst = this.#askedMs === undefined;
    this.#askedMs = nowMs;
    this.#look();
    const used = new Map<number, TreeUsage>();
    for (const [pid, tree] of this.#tree) {
      const stat = statOf(pid);
      if (!stat) {
        this.#tree.delete(pid);
        this.#ticks.delete(pid);
        continue;
      }
      // Of a process that was not there a moment ago all is new.
      const before = this.#ticks.get(pid) ?? (isFirst ? stat.ticks : 0);
      this.#ticks.set(pid, stat.ticks);
      const usage = used.get(tree.pid) ?? { ...tree, cores: 0 };
      used.set(tree.pid, usage);
      // A process has its program's name only a moment after it began.
      if (pid === tree.pid && pid !== this.#root) usage.name = nameOf(pid, stat);
      if (seconds > 0) usage.cores += (stat.ticks - before) / TICKS_PER_SECOND / seconds;
    }
    return [...used.values()];
  }

  /** Each process is read once to see whose it is: of those that there were, nothing changes. */
  #look(): void {
    const there = new Set(pids());
    for (const pid of this.#others) if (!there.has(pid)) this.#others.delete(pid);
    const fresh = new Map<number, ProcessStat>();
    for (const pid of there) {
      if (this.#tree.has(pid) || this.#others.has(pid)) continue;
      const stat = statOf(pid);
      if (stat) fresh.set(pid, stat);
    }
    // A child's id may be less than its parent's.
    for (let isMore = true; isMore;) {
      isMore = false;
      for (const [pid, stat] of fresh) {
        const tree = this.#treeOf(pid, stat);
        if (!tree) continue;
        this.#tree.set(pid, tree);
        fresh.delete(pid);
        isMore = true;
      }
    }
    for (const pid of fresh.keys()) this.#others.add(pid);
  }

  /** By its parent, or, where that has ended, by the session that the tree's first process opened. */
  #treeOf(pid: number, stat: ProcessStat): Tree | undefined {
    if (pid === this.#root) return { name: 'harness', pid };
    if (stat.parent === this.#root) return { name: nameOf(pid, stat), pid };
    return this.#tree.get(stat.parent) ?? this.#tree.get(stat.session);
  }
}

interface Tree {
  name: string;
  pid: number;
}

function nameOf(pid: number, { name }: ProcessStat): string {
  return `${name} ${pid}`;
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
