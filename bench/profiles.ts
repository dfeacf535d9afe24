import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeBusyPicture } from './busy-picture.ts';
import { describeCost, type FleetCost, measureFleet } from './fleets.ts';
import { type Figure, median } from './runs.ts';

/** So many peers each as use about the same CPU, of which a machine of two cores has enough. */
const FLEETS = {
  real: { peers: 4, nominalFps: 20, args: ['--isolation', 'process'] },
  light: { peers: 16, nominalFps: 10, args: ['--profile', 'light'] },
  audio: { peers: 16, nominalFps: NaN, args: ['--profile', 'audio'] },
  replay: { peers: 8, nominalFps: 20, args: ['--profile', 'replay'] },
} as const;
type FleetName = keyof typeof FLEETS;

const ROUNDS = 2;
/** How many peers there shall be at the CPU of a real one in a process of its own. */
const GOALS = { light: 2.5, audio: 2.5, replay: 1.4 } as const;
const MARKS = {
  light: 'not independent users',
  audio: 'not independent users',
  replay: 'not real content',
} as const;

/** How much cheaper peers are that send less, or nothing of their own; and how many hold with a picture that is dear. */
export async function benchProfiles(): Promise<Figure[]> {
  const costs: Record<FleetName, FleetCost[]> = { real: [], light: [], audio: [], replay: [] };
  for (let round = 0; round < ROUNDS; round++) {
    const names = Object.keys(FLEETS) as FleetName[];
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const { args, ...fleet } = FLEETS[name];
      costs[name].push(await measureFleet({ ...fleet, args: [...args] }));
    }
  }
  const ratios = (['light', 'audio', 'replay'] as const).map((name) => relative(name, costs));
  return [...ratios, ...(await benchBusy())];
}

/** The cost of a peer over that of a real one in a process of its own; no number if either is void. */
function relative(name: keyof typeof GOALS, costs: Record<FleetName, FleetCost[]>): Figure {
  const [own, base] = [costs[name], costs.real];
  const value = median(own.map(cores)) / median(base.map(cores));
  const goal = GOALS[name];
  return {
    name: `CPU of a peer with profile ${name}, over that of a real one in a process of its own`,
    value,
    unit: '×',
    limit: 1 / goal,
    from: `${(1 / value).toFixed(2)} × the peers at equal CPU, goal ${goal}, ${MARKS[name]}; ${own.map(describeCost).join(' and ')}; real: ${base.map(describeCost).join(' and ')}`,
  };
}

function cores({ coresPerPeer, isVoid }: FleetCost): number {
  return isVoid ? NaN : coresPerPeer;
}

const BUSY_PEERS = 10;
/** Frames a second, of 20. */
const LEAST_FPS = 19;
const LEAST_BPS = 1_500_000;

/** Whether so many peers in a page hold a picture that takes 1.5 Mbit/s each way; and what becomes of them in tabs, which is not judged. */
async function benchBusy(): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'callrig-bench-'));
  try {
    const picture = join(folder, 'busy.y4m');
    await writeBusyPicture(picture);
    const measure = (isolation: string) =>
      measureFleet({
        peers: BUSY_PEERS,
        nominalFps: 20,
        args: ['--source', `file:${picture}`, '--isolation', isolation],
      });
    return [busyFigure(await measure('page'), await measure('tab'))];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function busyFigure(page: FleetCost, tab: FleetCost): Figure {
  const fps = ({ decoded }: FleetCost) => 20 * decoded;
  const describe = (cost: FleetCost) => `${fps(cost).toFixed(1)} fps; ${describeCost(cost)}`;
  return {
    name: `frames a second that ${BUSY_PEERS} peers in a page lack of ${LEAST_FPS} with a busy picture`,
    // Of a picture that was not busy nothing follows.
    value: page.sentBps < LEAST_BPS ? NaN : Math.max(0, LEAST_FPS - fps(page)),
    unit: 'fps',
    limit: 0,
    from: `${describe(page)}, not independent users; in tabs, not judged: ${describe(tab)}`,
  };
}
