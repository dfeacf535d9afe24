import type { Peer } from '../peer/peer.ts';
import { lookAtOrigin, type SeenOrigin } from './look-at-origin.ts';
import type { Fact } from './scenario.ts';

/**
 * This machine's own address as one that browsers do not take for it: an IPv4 address mapped into IPv6 is reached like
 * it, but is no loopback address. So nothing has to listen on an address that others could reach.
 *
 * @see https://www.w3.org/TR/secure-contexts/#is-origin-trustworthy
 */
const INSECURE_HOST = '[::ffff:127.0.0.1]';

/**
 * Whether a page gets at cameras and microphones only from a secure origin: the peer's own, and not the same machine's
 * over plain HTTP under an address that is not trusted.
 *
 * @see https://www.w3.org/TR/mediacapture-streams/#navigator-interface-extensions
 */
export async function originFacts(peer: Peer): Promise<Fact[]> {
  const secure = await peer.evaluate(lookAtOrigin, { host: '' });
  const insecure = await peer.evaluate(lookAtOrigin, { host: INSECURE_HOST });
  return [
    {
      name: 'a secure origin has mediaDevices',
      peer,
      passed: secure ? secure.isSecure && secure.hasMediaDevices : undefined,
      expected: 'a secure context with navigator.mediaDevices',
      actual: describe(secure),
      phase: 'media',
    },
    {
      name: 'an insecure origin has no mediaDevices',
      peer,
      passed: insecure ? !insecure.isSecure && !insecure.hasMediaDevices : undefined,
      expected: 'no secure context, no navigator.mediaDevices',
      actual: describe(insecure),
      phase: 'media',
    },
  ];
}

function describe(seen: SeenOrigin | null): string {
  if (!seen) return 'the page was not loaded';
  const { origin, isSecure, hasMediaDevices } = seen;
  return `${origin}: ${isSecure ? 'secure' : 'not secure'}, ${hasMediaDevices ? 'mediaDevices' : 'no mediaDevices'}`;
}
