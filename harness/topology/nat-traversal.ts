import { NATS } from './presets.ts';
import type { NatName, NatSpec } from './spec.ts';

/** An address that all can reach behaves as the most open NAT does. */
const OPEN: NatSpec = { mapping: 'endpoint-independent', filtering: 'endpoint-independent' };

/**
 * Which way ICE with STUN and TURN must find between two NATs, told from RFC 4787 alone: `direct` if the packets of either
 * side get through the other's filter, else `relay`.
 *
 * Between two sides behind a NAT each, with filters of their own; hairpinning does not come into it.
 *
 * | | none, full-cone | restricted | port-restricted | symmetric |
 * |---|---|---|---|---|
 * | symmetric | direct | direct | relay | relay |
 * | any other | direct | direct | direct | see above |
 *
 * @see https://www.rfc-editor.org/rfc/rfc5128#section-3.3
 */
export function expectedRoute(one: NatName, other: NatName): 'direct' | 'relay' {
  const [a, b] = [specOf(one), specOf(other)];
  return getsThrough(a, b) || getsThrough(b, a) ? 'direct' : 'relay';
}

function specOf(name: NatName): NatSpec {
  return name === 'none' ? OPEN : NATS[name];
}

/** Whether what is sent to the address that STUN found is let in, once both sides have sent to each other. */
function getsThrough({ mapping }: NatSpec, to: NatSpec): boolean {
  if (to.filtering === 'endpoint-independent') return true;
  // What it sent to us left from another mapping than the one we know, and only that one has seen our address.
  if (to.mapping !== 'endpoint-independent') return false;
  // It sent to the port that STUN found of us: ours is that one only if the mapping does not depend on whom we send to.
  return to.filtering === 'address-dependent' || mapping === 'endpoint-independent';
}
