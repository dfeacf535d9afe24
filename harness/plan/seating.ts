import { type Headless, type Isolation, isolationOf, peersAtOnce } from './fleet.ts';
import type { ProfileName } from '../media/profiles.ts';
import type { Plan } from './plan.ts';

/** A browser's process, and the calls of those who sit in it: one entry for each peer. */
export interface SeatedBrowser {
  number: number;
  calls: readonly string[];
}

export interface SeatingRules {
  /** The most peers in one process. */
  peersPerBrowser: number;
  /** So many are begun before any gets a second peer. */
  processes: number;
}

/**
 * The number of the process that a call's next peer goes to; one that is not among `browsers` is to be started.
 *
 * Apart from the call's other peers where there are several, as one that dies should not take both ends along; then to
 * where the fewest are, then to the lowest number.
 */
export function chooseSeat(
  call: string,
  browsers: readonly SeatedBrowser[],
  { peersPerBrowser, processes }: SeatingRules,
): number {
  const free = browsers.filter(({ calls }) => calls.length < peersPerBrowser);
  const emptiest = free.toSorted((a, b) => cost(a, call) - cost(b, call) || a.number - b.number)[0];
  const isTaken = emptiest && emptiest.calls.length > 0;
  if (emptiest && !(isTaken && browsers.length < processes)) return emptiest.number;
  return lowestFree(browsers.map(({ number }) => number));
}

/** Their own call's peers weigh more than any number of others. */
function cost({ calls }: SeatedBrowser, call: string): number {
  return calls.length + (calls.includes(call) ? 1e6 : 0);
}

function lowestFree(taken: readonly number[]): number {
  return Array.from({ length: taken.length + 1 }, (_, index) => index + 1).find((n) => !taken.includes(n))!;
}

/** How many processes to begin with for so many peers: as many as hold them. One more costs a tenth and more of each peer's CPU. */
export function processesFor(peers: number, peersPerBrowser: number): number {
  return peersPerBrowser === Infinity ? 1 : Math.max(1, Math.ceil(peers / peersPerBrowser));
}

/** How peers sit in the browsers of a run. */
export interface RunningFleet {
  isolation: Isolation;
  /** The most; Infinity: no limit. */
  peersPerBrowser: number;
  /** How many processes to begin with, by the browser's name. Absent: one. */
  processes: ReadonlyMap<string, number>;
  headless?: Headless | undefined;
  /** Tabs may lie behind each other. */
  unseen?: true | undefined;
  /** Absent: `real`. */
  media?: ProfileName | undefined;
}

/** As the plan says. */
export function runningFleet(
  plan: Pick<Plan, 'cells' | 'load' | 'fleet' | 'media' | 'options'>,
): RunningFleet {
  const isolation = isolationOf(plan);
  const { peersPerBrowser = Infinity, mostPeersPerBrowser = peersPerBrowser } = plan.fleet ?? {};
  const { headless, unseen } = plan.fleet ?? {};
  const processes = [...peersAtOnce(plan)].map(
    ([name, peers]) => [name, processesFor(peers, peersPerBrowser)] as const,
  );
  return {
    isolation,
    peersPerBrowser: mostPeersPerBrowser,
    processes: new Map(processes),
    headless,
    unseen,
    media: plan.media,
  };
}
