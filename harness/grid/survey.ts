import { BrowserError, type Problem } from '../errors.ts';
import { mostVusTogether } from '../load/timeline.ts';
import { isBot } from '../plan/bots.ts';
import { isolationOf } from '../plan/fleet.ts';
import { MANUAL } from '../plan/matrix.ts';
import type { Plan, PlannedBrowser } from '../plan/plan.ts';
import { isLoopback } from './address.ts';
import { type GridBrowser, gridBrowserOf, isSlotFor } from './known-names.ts';
import { countSlots, describeSlots, type GridStatus } from './status.ts';

/** What a run takes of a Grid when nobody named browsers. */
const USUAL = ['chrome', 'firefox'];

export interface SurveyOptions {
  url: string;
  /** What was named; `undefined` when nothing was. */
  wanted: readonly string[] | undefined;
  /** Nodes come as they are needed. */
  scales: boolean;
}

/**
 * The Grid's browsers that a run can have.
 *
 * @throws BrowserError when a browser that was named is on no node, or none of the usual ones; it lists what there is
 */
export function surveyGrid(
  status: GridStatus,
  { url, wanted, scales }: SurveyOptions,
): { found: PlannedBrowser[]; missing: string[] } {
  const names = wanted ?? USUAL;
  const known = names.flatMap((name) => {
    const browser = gridBrowserOf(name);
    return browser ? [{ name, browser }] : [];
  });
  const has = ({ browser }: { browser: GridBrowser }) =>
    scales || countSlots(status, (slot) => isSlotFor(browser, slot)).total > 0;
  const missing = known.filter((each) => !has(each)).map(({ name }) => name);
  const isEnough = wanted === undefined ? missing.length < known.length : missing.length === 0;
  if (!isEnough) throw noNode(url, missing, status);
  return { found: known.filter(has).map(({ name, browser }) => planned(name, browser)), missing };
}

function planned(name: string, { kind }: GridBrowser): PlannedBrowser {
  return { name, kind, driver: 'puppeteer', source: 'grid' };
}

function noNode(url: string, missing: readonly string[], status: GridStatus): BrowserError {
  const names = missing.join(' and ');
  return new BrowserError(`no node of the Grid at ${url} has ${names}; it has ${describeSlots(status)}`, {
    code: 'GRID_NO_NODE',
    hint: `add a node with ${names}, or name what is there by --browsers; a Grid that starts nodes as they are needed: --grid-scales`,
    details: { grid: url, missing, nodes: status.nodes },
  });
}

/** How peers sit in sessions: as they sit in processes on this machine. */
export interface GridSeating {
  /** A session for each peer, which ends with it. */
  isFresh: boolean;
  /** Most peers in one session; a session is on one node. */
  peersPerSession: number;
  /** In tabs of one context; else in contexts of their own. */
  asTab: boolean;
}

export function seatingOf(plan: Pick<Plan, 'options' | 'fleet'>): GridSeating {
  const isolation = isolationOf(plan);
  return {
    isFresh: isolation === 'process',
    peersPerSession: plan.fleet?.peersPerBrowser ?? Infinity,
    asTab: isolation === 'tab',
  };
}

/** How many sessions a plan may have at the same time, and how many one of its calls needs at least. */
export function sessionsOf(
  plan: Pick<Plan, 'cells' | 'calls' | 'load'>,
  { isFresh, peersPerSession }: Omit<GridSeating, 'asTab'>,
): { perCall: number; atOnce: number } {
  const ofCells = plan.cells
    .filter(({ unsupported }) => unsupported === undefined)
    .map(({ assignment }) =>
      Object.values(assignment).filter((browser) => browser !== MANUAL && !isBot(browser)),
    );
  const peers = Math.max(0, ...ofCells.map((browsers) => browsers.length));
  const kinds = Math.max(0, ...ofCells.map((browsers) => new Set(browsers).size));
  const vus = plan.load ? mostVusTogether(plan.load) : Math.max(0, ...plan.calls.map(({ vu }) => vu));
  if (isFresh) return { perCall: peers, atOnce: peers * vus };
  const sessions = [...new Set(ofCells.flat())].map((name) => {
    const inCall = Math.max(...ofCells.map((browsers) => browsers.filter((each) => each === name).length));
    return Math.max(1, Math.ceil((inCall * vus) / peersPerSession));
  });
  return { perCall: kinds, atOnce: sessions.reduce((sum, count) => sum + count, 0) };
}

/**
 * What the user should know of a Grid that has fewer free slots than the run asks for.
 *
 * @throws BrowserError when it can never have the browsers of one call at the same time
 */
export function checkRoom(
  status: GridStatus,
  { url, perCall, atOnce }: { url: string; perCall: number; atOnce: number },
): string[] {
  const { total, free } = countSlots(status);
  if (perCall > total) {
    throw new BrowserError(
      `a call needs ${perCall} browsers at the same time, and the Grid at ${url} has ${total === 1 ? 'one slot' : `${total} slots`}: ${describeSlots(status)}`,
      { code: 'GRID_TOO_SMALL', hint: 'add nodes, or raise their max-sessions', details: { grid: url } },
    );
  }
  if (atOnce <= free) return [];
  return [
    `the Grid has ${free} of ${total} slots free, and up to ${atOnce} browsers are wanted at the same time: calls will wait for slots`,
  ];
}

/** What the run's own TURN server listens on is nothing that browsers of other machines reach. */
export function turnProblem(
  { cells, iceServers }: Pick<Plan, 'cells' | 'iceServers'>,
  url: string,
): Problem | undefined {
  const needsTurn = cells.some(({ ice, unsupported }) => !unsupported && ice && ice.servers.length > 0);
  if (!needsTurn || iceServers || isLoopback(url)) return undefined;
  return {
    path: '--turn',
    expected: "STUN and TURN servers that the Grid's nodes reach",
    got: 'none',
    hint: "the run's own TURN server listens on loopback only",
  };
}
