import { findBrowsers } from '../harness/setup/find-browsers.mjs';
import { describeCost, type FleetCost, measureFleet } from './fleets.ts';
import { type Figure, median } from './runs.ts';

/** So many peers each as use about the same CPU, of which a machine of two cores has enough. */
const FLEETS = {
  process: { peers: 4, args: ['--isolation', 'process'] },
  // The default of a load.
  tab: { peers: 8, args: [] },
  page: { peers: 12, args: ['--isolation', 'page'] },
  // Contexts, where it makes the most of a difference, in both of Chromium's headless modes.
  context: { peers: 6, args: ['--isolation', 'context'] },
  shell: { peers: 6, args: ['--isolation', 'context', '--headless', 'shell'] },
} as const;
type FleetName = keyof typeof FLEETS;

const ROUNDS = 2;
/** How many peers there shall be at the CPU of one in a process of its own. */
const GOALS = { tab: 1.4, page: 1.9 } as const;
/** How far the memory that is estimated before a launch may be from what is measured, as a share of that. */
const MOST_MISSED = 0.25;
/** What contexts of a headless shell may take of the CPU and the memory of those of the whole browser. */
const SHELL_LIMITS = { cpu: 0.95, memory: 0.7 } as const;

/**
 * How much cheaper peers are that share browsers: the same call (640×360 at 20 frames a second and sound, fake devices),
 * one isolation after another, the second round the other way round.
 */
export async function benchDensity(): Promise<Figure[]> {
  const costs: Record<FleetName, FleetCost[]> = { process: [], tab: [], page: [], context: [], shell: [] };
  const names = (Object.keys(FLEETS) as FleetName[]).filter((name) => hasShell() || !OF_SHELL.has(name));
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const { peers, args } = FLEETS[name];
      costs[name].push(await measureFleet({ peers, nominalFps: 20, args: [...args] }));
    }
  }
  if (!hasShell()) console.log('density: no headless shell is installed, nothing is said of one');
  return [
    ...(['tab', 'page'] as const).map((name) => relative(name, costs)),
    ...(hasShell() ? ofShell(costs) : []),
    estimated(Object.values(costs).flat()),
  ];
}

const OF_SHELL: ReadonlySet<FleetName> = new Set(['context', 'shell']);

function hasShell(): boolean {
  return findBrowsers({ wanted: ['headless-shell'], env: { ...process.env } }).found.length > 0;
}

function estimated(costs: readonly FleetCost[]): Figure {
  const missed = costs.map(({ estimatedPerPeer, pssPerPeer = NaN }) => estimatedPerPeer / pssPerPeer - 1);
  return {
    name: 'memory estimated before a launch, apart from what was measured, at worst',
    value: Math.max(...missed.map(Math.abs)),
    unit: 'of it',
    limit: MOST_MISSED,
    from: missed.map((share) => `${share > 0 ? '+' : ''}${Math.round(100 * share)} %`).join(', '),
  };
}

function ofShell({ context, shell }: Record<FleetName, FleetCost[]>): Figure[] {
  const from = `${shell.map(describeCost).join(' and ')}; new: ${context.map(describeCost).join(' and ')}`;
  const share = (of: (cost: FleetCost) => number) => median(shell.map(of)) / median(context.map(of));
  return [
    {
      name: 'CPU of a peer in a context of a headless shell, over one of new headless',
      value: share(cores),
      unit: '×',
      limit: SHELL_LIMITS.cpu,
      from,
    },
    {
      name: 'memory of a peer in a context of a headless shell, over one of new headless',
      value: share(({ pssPerPeer = NaN }) => pssPerPeer),
      unit: '×',
      limit: SHELL_LIMITS.memory,
      from,
    },
  ];
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
