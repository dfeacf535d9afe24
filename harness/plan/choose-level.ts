import type { Problem } from '../errors.ts';
import type { NetworkLevel, Scenario } from '../scenario/scenario.ts';
import type { PlannedNetwork } from './plan.ts';

/** What the machine can do of the lab. */
export interface LabReadiness {
  ready: boolean;
  /** What is missing, as a sentence. */
  why?: string | undefined;
  /** What impairs links there; without it NATs and firewalls work but no impairment. */
  backend?: 'netem' | 'wirefilter' | undefined;
  hint?: string | undefined;
}

/** Why there is no lab, or no call in one, with servers of the user's own. */
export const OUTSIDE = 'nothing in a lab reaches the servers of --turn';

export interface LevelChoice {
  wanted: NetworkLevel | undefined;
  lab: LabReadiness;
  /** Whether the user gave STUN or TURN servers of their own: nothing in a lab reaches them. */
  isGiven?: boolean;
}

/** The levels a scenario can run on, best first. */
export function levelsOf({ levels, network, variants }: Scenario): NetworkLevel[] {
  if (levels) return [...levels];
  const cases = Object.values(variants?.cases ?? {});
  const hasNetwork =
    network !== undefined || cases.some((each) => each.network !== undefined || each.needs === 'lab');
  return [hasNetwork ? 'lab' : 'loopback'];
}

/**
 * The best level that scenario and machine have, or the one that was asked for. A scenario that knows only the lab is
 * planned for it also where there is none: its cells are unsupported then.
 */
export function chooseLevel(
  scenario: Scenario,
  { wanted, lab, isGiven = false }: LevelChoice,
  problems: Problem[],
): PlannedNetwork {
  const levels = levelsOf(scenario);
  if (wanted !== undefined && !levels.includes(wanted)) {
    problems.push({
      path: '--network',
      expected: levels.join(' or '),
      got: wanted,
      hint: `${scenario.name} knows no other level`,
    });
  }
  const able = levels.filter((level) => level !== 'lab' || (lab.ready && !isGiven));
  const level = wanted ?? able[0] ?? 'lab';
  const isSecond = level !== 'lab' && levels[0] === 'lab' && wanted === undefined;
  const isMissing = level === 'lab' && !lab.ready;
  const whyNone = isGiven && lab.ready ? OUTSIDE : (lab.why ?? 'this machine can have no lab');
  const why = isSecond || isMissing ? whyNone : undefined;
  const backend = level === 'lab' ? lab.backend : undefined;
  return { level, levels, ...(backend && { backend }), ...(why !== undefined && { why }) };
}
