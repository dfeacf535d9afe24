import { didYouMean } from '../nearest.ts';
import type { Peer } from '../peer/peer.ts';
import { FEATURE_PROBES, type FeatureProbe } from './feature-probes.ts';

type Kind = keyof typeof FEATURE_PROBES;
/** These are asked as they are, the others with a name behind a colon. */
type Whole = 'simulcast' | 'dtmf' | 'encoded-transform';

/**
 * Something that a browser has or has not: `codec:video/AV1`, `send:video/H264`, `receive:video/H265`,
 * `api:RTCRtpSender.createEncodedStreams`, `constraint:echoCancellation`, `recorder:video/webm;codecs=vp8,opus`,
 * `svc:VP9/L3T3`, `simulcast`, `dtmf`, `encoded-transform`.
 */
export type FeatureName = `${Exclude<Kind, Whole>}:${string}` | Whole;

/** What the browsers of a scenario must have: of every role, or by role. */
export type Needs<Role extends string = string> =
  | readonly FeatureName[]
  | { readonly [Name in Role]?: readonly FeatureName[] };

const WHOLE: readonly string[] = ['simulcast', 'dtmf', 'encoded-transform'] satisfies Whole[];

/** The probe that is asked for a feature, and what it is asked; the problem with the name if there is none. */
export function probeOf(
  feature: string,
): { probe: FeatureProbe; name: string } | { expected: string; hint?: string } {
  const [kind = '', ...rest] = feature.split(':');
  const probe = Object.entries(FEATURE_PROBES).find(([known]) => known === kind)?.[1];
  const examples = Object.values(FEATURE_PROBES).map(({ example }) => example);
  const expected = `a feature like ${examples.join(', ')}`;
  if (!probe) {
    const hint = didYouMean(kind, Object.keys(FEATURE_PROBES));
    return { expected, ...(hint !== undefined && { hint }) };
  }
  const name = rest.join(':');
  if (WHOLE.includes(kind) === (name === '')) return { probe, name };
  return { expected, hint: `write ${probe.example}` };
}

/** Asks the peer's own browser whether it has a feature. @throws RangeError if there is no such kind of feature */
export async function supports(peer: Pick<Peer, 'evaluate'>, feature: FeatureName): Promise<boolean> {
  const found = probeOf(feature);
  if (!('probe' in found)) throw new RangeError(`${feature}: expected ${found.expected}`);
  return await peer.evaluate(found.probe.has, found.name);
}

/** What each role's browser must have, by role, of what scenario and variant say together. */
export function needsByRole(
  roles: readonly string[],
  ...all: readonly (Needs | undefined)[]
): Record<string, FeatureName[]> {
  const wanted = roles.map((role) => {
    const own = all.flatMap((needs) => (isList(needs) ? needs : (needs?.[role] ?? [])));
    return [role, [...new Set(own)]] as [string, FeatureName[]];
  });
  return Object.fromEntries(wanted.filter(([, features]) => features.length > 0));
}

function isList(needs: Needs | undefined): needs is readonly FeatureName[] {
  return Array.isArray(needs);
}
