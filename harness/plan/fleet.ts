import { mostVus, mostVusTogether } from '../load/timeline.ts';
import { isBot } from './bots.ts';
import { MANUAL } from './matrix.ts';
import type { Plan } from './plan.ts';

/**
 * How peers sit in browsers, dearest first.
 *
 * - `process`: each in a process of its own, which ends with it.
 * - `context`: each in a context of a browser that others share: no cookies, storage or permissions in common.
 * - `tab`: each in a tab of its own, in one context.
 * - `page`: several in one page, each with a connection of its own; they share camera and microphone, and a thread.
 */
export const ISOLATIONS = ['process', 'context', 'tab', 'page'] as const;
export type Isolation = (typeof ISOLATIONS)[number];

/** Chromium's two headless modes: the whole browser without a window, or a small one that is nothing else. */
export const HEADLESS = ['new', 'shell'] as const;
export type Headless = (typeof HEADLESS)[number];

/** How a run's browsers are to be used. */
export interface PlannedFleet {
  isolation: Isolation;
  /** So many peers in one browser's process, by which as many are started as a load needs. Absent: all of them. */
  peersPerBrowser?: number;
  /** Where calls of several pairs end out of step: the most in a process that is there, before one more is started. Absent: as above. */
  mostPeersPerBrowser?: number;
  /** Absent: `new`. */
  headless?: Headless;
  /** Chromium's tabs may lie behind each other. Absent: each is seen. */
  unseen?: true;
}

/** Without a word of the user's: how a load's peers sit. */
export const LOAD_ISOLATION: Isolation = 'tab';
/** Where calls follow one another. */
export const INTEROP_ISOLATION: Isolation = 'context';

/** Unless the user says otherwise; what is absent here has no need of a limit, or of more than one peer. */
export const PEERS_PER_BROWSER = { process: 1, context: 8, tab: 8, page: 16 } as const satisfies Record<
  Isolation,
  number
>;

/**
 * The most where a load of several pairs drifts: its calls begin in turn, but end when they do, so that for a while more
 * than their share are of one browser. A launch amid the calls costs them more than a crowd does.
 */
export const MOST_PEERS_PER_BROWSER = {
  process: 1,
  context: 16,
  tab: 16,
  page: 24,
} as const satisfies Record<Isolation, number>;

/** The 17th tab of a Chrome that asks for a microphone gets a NotReadableError (Chromium 156). */
export const MICROPHONES_PER_BROWSER = 16;

/** How the peers of a plan sit, also of a plan that is older than the question. */
export function isolationOf({ fleet, options }: Pick<Plan, 'fleet' | 'options'>): Isolation {
  return fleet?.isolation ?? (options.freshBrowsers ? 'process' : INTEROP_ISOLATION);
}

/** Whether a peer's page is nobody else's: only then is what it does a user's of their own. */
export function isIndependent(isolation: Isolation): boolean {
  return isolation !== 'page';
}

/** The most peers that each browser of the plan has at the same time, by its name; of a load, as its cells take turns. */
export function peersAtOnce({ cells, load }: Pick<Plan, 'cells' | 'load'>): Map<string, number> {
  const able = cells.filter(({ unsupported }) => unsupported === undefined);
  const browsersOf = (ids: readonly string[] | undefined) =>
    able
      .filter(({ id }) => ids?.includes(id) ?? true)
      .map(({ assignment }) => Object.values(assignment).filter((name) => !isBot(name) && name !== MANUAL));
  const names = [...new Set(browsersOf(undefined).flat())];
  const count = (browsers: readonly string[], name: string) => browsers.filter((one) => one === name).length;
  if (!load) {
    const most = (name: string) => Math.max(...browsersOf(undefined).map((each) => count(each, name)));
    return new Map(names.map((name) => [name, most(name)]));
  }
  const own = load.filter((each) => browsersOf(each.cells).flat().length > 0);
  const [vus, sum] = [mostVusTogether(own), own.reduce((total, each) => total + mostVus(each), 0)];
  const share = (name: string) =>
    own.reduce((total, each) => {
      const of = browsersOf(each.cells);
      return total + (mostVus(each) * of.flat().filter((one) => one === name).length) / of.length;
    }, 0);
  return new Map(names.map((name) => [name, Math.ceil((share(name) * vus) / Math.max(1, sum))]));
}
