import { MEDIA_PROFILES } from '../media/profiles.ts';
import { isIndependent, isolationOf } from '../plan/fleet.ts';
import type { Plan } from '../plan/plan.ts';
import type { RunResult } from '../result.ts';

/**
 * What made the figures: how peers sat, and what they sent. Nothing of a run without browsers.
 *
 * @param processes of browsers that held a peer, as far as they are known: not those of a Grid, nor a person's
 */
export function fleetResult(plan: Plan, processes: number): Pick<RunResult, 'fleet'> {
  if (plan.browsers.length === 0) return {};
  const isolation = isolationOf(plan);
  const { peersPerBrowser, mostPeersPerBrowser, headless, unseen } = plan.fleet ?? {};
  const media = plan.media ?? 'real';
  const profile = MEDIA_PROFILES[media];
  return {
    fleet: {
      isolation,
      ...(peersPerBrowser !== undefined && { peersPerBrowser }),
      ...(mostPeersPerBrowser !== undefined && { mostPeersPerBrowser }),
      ...(processes > 0 && { processes }),
      ...(headless && { headless }),
      ...(unseen && { unseen }),
      media,
      source: plan.options.source?.kind ?? 'fake-device',
      independent: isIndependent(isolation) && profile.isIndependent,
      realContent: profile.isRealContent,
    },
  };
}
