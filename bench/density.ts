import { describeCost, type FleetCost, measureFleet } from './fleets.ts';
import { type Figure, median } from './runs.ts';

/** So many peers each as use about the same CPU, of which a machine of two cores has enough. */
const FLEETS = {
  process: { peers: 4, args: ['--isolation', 'process'] },
  // The default of a load.
  tab: { peers: 8, args: [] },
  page: { peers: 12, args: ['--isolation', 'page'] },
} as const;
type FleetName = keyof typeof FLEETS;

const ROUNDS = 2;
/** How many peers there shall be at the CPU of one in a process of its own. */
const GOALS = { tab: 1.4, page: 1.9 } as const;

/**
 * How much cheaper peers are that share browsers: the same call (640×360 at 20 frames a second and sound, fake devices),
 * one isolation after another, the second round the other way round.
 */
export async function benchDensity(): Promise<Figure[]> {
  const costs: Record<FleetName, FleetCost[]> = { process: [], tab: [], page: [] };
  for (let round = 0; round < ROUNDS; round++) {
    const names = Object.keys(FLEETS) as FleetName[];
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const { peers, args } = FLEETS[name];
      costs[name].push(await measureFleet({ peers, nominalFps: 20, args: [...args] }));
    }
  }
  return (['tab', 'page'] as const).map((name) => relative(name, costs));
}

/** The cost of a peer over that of one in a process of its own; no number if either is void. */
function relative(name: keyof typeof GOALS, costs: Record<FleetName, FleetCost[]>): Figure {
  const [own, base] = [costs[name], costs.process];
  const value = median(own.map(cores)) / median(base.map(cores));
  const goal = GOALS[name];
  const independent = name === 'page' ? ', not independent users' : '';
  return {
    name: `CPU of a peer with isolation ${name}, over that of one in a process of its own`,
    value,
    unit: '×',
    limit: 1 / goal,
    from: `${(1 / value).toFixed(2)} × the peers at equal CPU, goal ${goal}${independent}; ${own.map(describeCost).join(' and ')}; process: ${base.map(describeCost).join(' and ')}`,
  };
}

function cores({ coresPerPeer, isVoid }: FleetCost): number {
  return isVoid ? NaN : coresPerPeer;
}
