import { MEDIA_PROFILES } from '../media/profiles.ts';
import { type Isolation, isolationOf, peersAtOnce } from './fleet.ts';
import type { BrowserKind, Plan } from './plan.ts';
import { processesFor } from './seating.ts';

/** What a machine has left. What is absent is not limited, or not to be known. */
export interface Room {
  memoryBytes: number;
  /** That one process may have open. */
  openFiles?: number;
  /** Threads and processes that may still be started. */
  processes?: number;
}

/** What there can be too little of. */
export type Scarce = 'memory' | 'openFiles' | 'processes';

/** What peers of browsers take. */
export interface Needed {
  peers: number;
  browsers: number;
  memoryBytes: number;
  /** In the process that needs the most of them. */
  openFiles: number;
  /** Threads, which count as processes where those are limited. */
  processes: number;
}

export interface RoomReport {
  needed: Needed;
  /** The most peers that fit, if not all of them do. */
  fits?: number;
  /** What there is too little of, or nearly: `5.1 GB of memory, of which there is 3 GB`. */
  short: string[];
  tight: string[];
  /** What `short` is short of. */
  lacking: Scarce[];
}

const MB = 1024 ** 2;

interface Cost {
  /** Of a process with nobody in it, and of each peer. */
  base: number;
  peer: number;
}

/** Measured with Chromium 156 and Firefox 153, `real`, MB; a peer alone in its process is both together. */
const MEMORY: Record<BrowserKind, Record<Isolation, Cost>> = {
  chromium: {
    process: { base: 310, peer: 60 },
    context: { base: 230, peer: 160 },
    tab: { base: 380, peer: 50 },
    page: { base: 460, peer: 15 },
  },
  firefox: {
    process: { base: 320, peer: 40 },
    context: { base: 430, peer: 32 },
    tab: { base: 430, peer: 32 },
    page: { base: 430, peer: 15 },
  },
};
/** Of Chromium's headless shell. */
const SHELL_MEMORY: Record<Isolation, Cost> = {
  process: { base: 110, peer: 60 },
  context: { base: 210, peer: 40 },
  tab: { base: 210, peer: 40 },
  page: { base: 220, peer: 15 },
};
/** Chromium's tabs that share a renderer. */
const PER_SITE: Cost = { base: 310, peer: 16 };
/** Pictures of four times the size. */
const HD_SHARE = 1.6;

/** Threads of the whole tree. */
const THREADS: Record<BrowserKind, Record<Isolation, Cost>> = {
  chromium: {
    process: { base: 120, peer: 30 },
    context: { base: 120, peer: 30 },
    tab: { base: 120, peer: 30 },
    page: { base: 110, peer: 12 },
  },
  firefox: {
    process: { base: 190, peer: 30 },
    context: { base: 190, peer: 30 },
    tab: { base: 190, peer: 30 },
    page: { base: 190, peer: 15 },
  },
};

/** Open in a browser's main process, and in the harness's own: two sockets for each peer, and files while they are written. */
const FILES = { browser: { base: 160, peer: 8 }, harness: { base: 40, peer: 4 } };

/** An estimate that is nearer than this to what there is may be wrong the other way. */
const MARGIN = 0.2;

type PlanPart = Pick<Plan, 'cells' | 'load' | 'fleet' | 'options' | 'browsers' | 'media'>;

/** Whether the browsers of a plan fit a machine, and how many peers would. Estimates. */
export function roomFor(plan: PlanPart, room: Room): RoomReport {
  const wanted = peersAtOnce(plan);
  const needed = neededBy(plan, wanted);
  const found = compare(needed, room);
  if (found.short.length === 0) return { needed, ...found };
  return { needed, fits: mostThatFit(plan, wanted, room), ...found };
}

function neededBy(plan: PlanPart, wanted: ReadonlyMap<string, number>): Needed {
  const isolation = isolationOf(plan);
  const perBrowser = plan.fleet?.peersPerBrowser ?? Infinity;
  const needed: Needed = { peers: 0, browsers: 0, memoryBytes: 0, openFiles: 0, processes: 0 };
  for (const [name, peers] of wanted) {
    if (peers === 0) continue;
    const kind = plan.browsers.find((browser) => browser.name === name)?.kind ?? 'chromium';
    const browsers = isolation === 'process' ? peers : processesFor(peers, perBrowser);
    const memory = memoryOf(plan, kind);
    const threads = THREADS[kind][isolation];
    needed.peers += peers;
    needed.browsers += browsers;
    needed.memoryBytes += sumOf(memory, browsers, peers) * MB;
    needed.processes += sumOf(threads, browsers, peers);
    needed.openFiles = Math.max(needed.openFiles, sumOf(FILES.browser, 1, Math.ceil(peers / browsers)));
  }
  needed.openFiles = Math.max(needed.openFiles, sumOf(FILES.harness, 1, needed.peers));
  return needed;
}

function memoryOf({ media = 'real', ...plan }: PlanPart, kind: BrowserKind): Cost {
  const { processPerSite } = MEDIA_PROFILES[media];
  const isolation = isolationOf(plan);
  if (processPerSite && kind === 'chromium' && isolation === 'tab') return PER_SITE;
  const isShell = kind === 'chromium' && plan.fleet?.headless === 'shell';
  const { base, peer } = (isShell ? SHELL_MEMORY : MEMORY[kind])[isolation];
  return { base, peer: media === 'hd' ? peer * HD_SHARE : peer };
}

function sumOf({ base, peer }: Cost, processes: number, peers: number): number {
  return processes * base + peers * peer;
}

function compare(needed: Needed, room: Room): Pick<RoomReport, 'short' | 'tight' | 'lacking'> {
  const rows: [Scarce, number, number | undefined, (value: number) => string, string][] = [
    ['memory', needed.memoryBytes, room.memoryBytes, gigabytes, 'of memory'],
    ['openFiles', needed.openFiles, room.openFiles, count, 'open files in one process'],
    ['processes', needed.processes, room.processes, count, 'threads and processes'],
  ];
  const found: Pick<RoomReport, 'short' | 'tight' | 'lacking'> = { short: [], tight: [], lacking: [] };
  for (const [scarce, need, has, render, of] of rows) {
    if (has === undefined || need <= has * (1 - MARGIN)) continue;
    const isShort = need > has * (1 + MARGIN);
    const verb = of.startsWith('of') ? 'is' : 'are';
    found[isShort ? 'short' : 'tight'].push(`${render(need)} ${of}, of which there ${verb} ${render(has)}`);
    if (isShort) found.lacking.push(scarce);
  }
  return found;
}

/** Of every browser the same part; 0 if there is no room for any. */
function mostThatFit(plan: PlanPart, wanted: ReadonlyMap<string, number>, room: Room): number {
  const total = [...wanted.values()].reduce((sum, peers) => sum + peers, 0);
  let [fits, tooMany] = [0, total];
  while (tooMany - fits > 1) {
    const some = Math.floor((fits + tooMany) / 2);
    const part = new Map([...wanted].map(([name, peers]) => [name, Math.ceil((peers * some) / total)]));
    const needed = neededBy(plan, part);
    if (compare(needed, room).short.length === 0) fits = some;
    else tooMany = some;
  }
  return fits;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}

/** What is told of a plan that does not fit, or may not; `undefined` if there is room. */
export function roomSentence({
  needed,
  fits,
  short,
  tight,
}: Omit<RoomReport, 'lacking'>): string | undefined {
  const what = [...short, ...tight];
  if (what.length === 0) return undefined;
  const peers = needed.peers === 1 ? '1 peer of a browser needs' : `${needed.peers} peers of browsers need`;
  const most = fits === undefined ? '' : `: at most ${fits} ${fits === 1 ? 'peer fits' : 'peers fit'}`;
  return `${peers} about ${what.join('; ')}${most}`;
}
