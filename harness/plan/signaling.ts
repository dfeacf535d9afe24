import { SIGNALING_NAMES, type SignalingName } from '../../signaling-stub/protocol.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Plan, PlannedCell, RunOptions } from './plan.ts';

const DEFAULT: SignalingName = 'ws';

/** What carries the call's signaling: one of the stub's, or the name of the user's own. */
export function signalingOf({ signaling }: Pick<PlannedCell, 'signaling'>): string {
  return signaling ?? DEFAULT;
}

/** What a peer speaks: by WHIP and WHEP there is only the offerer's part, and the others are in the room by WebSocket. */
export function spokenBy(role: string, cell: PlannedCell): string {
  const name = signalingOf(cell);
  const isOfferer = Object.keys(cell.assignment)[0] === role;
  return isHttpOffer(name) && !isOfferer ? DEFAULT : name;
}

/** What pages must be built with for a plan's calls, the user's own apart. */
export function builtInto({ cells }: Pick<Plan, 'cells'>): SignalingName[] {
  const names = new Set(
    cells.flatMap((cell) => Object.keys(cell.assignment).map((role) => spokenBy(role, cell))),
  );
  return SIGNALING_NAMES.filter((name) => names.has(name));
}

/** Why a scenario cannot be tried over a signaling, if it cannot. */
export function whyNotOver(
  name: string,
  scenario: Pick<Scenario, 'offers' | 'name'>,
  { faults, options }: { faults: number; options: Pick<RunOptions, 'signaling'> },
): string | undefined {
  if (isHttpOffer(name)) {
    if (scenario.offers === 'once') return undefined;
    return `${name} knows one offer, by the first role, over one connection; ${scenario.name} may need more`;
  }
  const isOwn = options.signaling?.adapter !== undefined && options.signaling.name === name;
  if (isOwn && faults > 0) return `faults are made by the run's own signaling server, and this is ${name}`;
  return undefined;
}

function isHttpOffer(name: string): boolean {
  return name === 'whip' || name === 'whep';
}
