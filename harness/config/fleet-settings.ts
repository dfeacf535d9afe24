import {
  HEADLESS,
  type Headless,
  INTEROP_ISOLATION,
  type Isolation,
  ISOLATIONS,
  MOST_PEERS_PER_BROWSER,
  LOAD_ISOLATION,
  MICROPHONES_PER_BROWSER,
  PEERS_PER_BROWSER,
  type PlannedFleet,
} from '../plan/fleet.ts';
import type { SettingsReader } from './given.ts';

/** More connections in one page are more than one thread of it plays. */
const MOST_IN_A_PAGE = 64;

export interface FleetSettingsInput {
  hasLoad: boolean;
  /** Browsers come from a Grid: what is said of a browser's process is of its session. */
  hasGrid: boolean;
  /** What the media profile needs, and its name. */
  implied?: { isolation: Isolation; peersPerBrowser?: number | undefined; profile: string } | undefined;
}

/**
 * `--isolation`, `--peers-per-browser`, `--headless`, and what goes with them; `undefined` for contexts of one process,
 * which is what calls have that follow one another.
 */
export function readFleet(
  reader: SettingsReader,
  { hasLoad, hasGrid, implied }: FleetSettingsInput,
): PlannedFleet | undefined {
  const headless = readHeadless(reader);
  const usual = implied?.isolation ?? (hasLoad ? LOAD_ISOLATION : INTEROP_ISOLATION);
  const isolation = readIsolation(reader, usual, implied);
  if (hasGrid) rejectBesideGrid(reader, isolation, implied);
  const peersPerBrowser = readPeersPerBrowser(reader, isolation, usualPeers(isolation, hasLoad, implied));
  const isUsual = isolation === INTEROP_ISOLATION && peersPerBrowser === undefined && !headless;
  if (isUsual) return undefined;
  const most = MOST_PEERS_PER_BROWSER[isolation];
  // A Grid's sessions are begun as they are needed: only where processes are, may they crowd.
  const mayCrowd =
    hasLoad && !hasGrid && !reader.given('peersPerBrowser') && most > (peersPerBrowser ?? most);
  return {
    isolation,
    ...(peersPerBrowser !== undefined && { peersPerBrowser }),
    ...(mayCrowd && { mostPeersPerBrowser: most }),
    ...(headless && { headless }),
  };
}

function readIsolation(
  reader: SettingsReader,
  usual: Isolation,
  implied: FleetSettingsInput['implied'],
): Isolation {
  const given = reader.given('isolation');
  const isFresh = reader.switch('freshBrowsers');
  const isolation = reader.choice('isolation', ISOLATIONS, isFresh ? 'process' : usual);
  if (isFresh && given && isolation !== 'process') {
    const hint = '--fresh-browsers is another word for --isolation process';
    return reader.reject(given, 'process beside --fresh-browsers', hint, 'process');
  }
  // Only of a page is there no other way; a profile that shares less is only dearer.
  if (implied?.isolation === 'page' && isolation !== 'page') {
    const written = given ?? { path: '--fresh-browsers', value: true };
    return reader.reject(written, `page beside --profile ${implied.profile}`, 'leave it out', 'page');
  }
  return isolation;
}

function usualPeers(
  isolation: Isolation,
  hasLoad: boolean,
  implied: FleetSettingsInput['implied'],
): number | undefined {
  if (isolation === implied?.isolation && implied.peersPerBrowser) return implied.peersPerBrowser;
  return isolation === 'context' && !hasLoad ? undefined : PEERS_PER_BROWSER[isolation];
}

function readPeersPerBrowser(
  reader: SettingsReader,
  isolation: Isolation,
  usual: number | undefined,
): number | undefined {
  const given = reader.given('peersPerBrowser');
  if (!given) return usual;
  const number = reader.integer('peersPerBrowser', { min: 1, max: 10_000, fallback: usual ?? 1 });
  if (isolation === 'process' && number > 1)
    return reader.reject(given, '1 with a process for each peer', '--isolation context or tab', 1);
  if (isolation === 'page' && number > MOST_IN_A_PAGE)
    return reader.reject(given, `at most ${MOST_IN_A_PAGE} in a page`, undefined, MOST_IN_A_PAGE);
  if (isolation !== 'page' && number > MICROPHONES_PER_BROWSER) {
    const hint = `Chrome opens no more than ${MICROPHONES_PER_BROWSER} microphones in a process: leave it out, and more processes are started; or --isolation page, where peers share one`;
    return reader.reject(given, `at most ${MICROPHONES_PER_BROWSER}`, hint, MICROPHONES_PER_BROWSER);
  }
  return number;
}

function readHeadless(reader: SettingsReader): Headless | undefined {
  const given = reader.given('headless');
  if (!given) return undefined;
  const headless = reader.choice('headless', HEADLESS, 'new');
  if (!reader.switch('headed')) return headless;
  return reader.reject(given, 'no --headless beside --headed', 'leave one of them out', undefined);
}

/** What only browsers can that run here. */
function rejectBesideGrid(
  reader: SettingsReader,
  isolation: Isolation,
  implied: FleetSettingsInput['implied'],
): void {
  if (isolation === 'page') {
    const written = reader.given('isolation') ?? { path: '--profile', value: implied?.profile };
    const hint = 'peers share pages only in browsers that run here';
    reader.reject(written, 'a page for each peer with a Grid', hint, undefined);
  }
  const headless = reader.given('headless');
  if (headless) {
    const hint = "which executable a node starts is its stereotype's to say";
    reader.reject(headless, 'nothing with a Grid', hint, undefined);
  }
}
