import type { Peer } from '../peer/peer.ts';
import type { Fact } from './scenario.ts';

/**
 * Which sections a peer's last agreed description has, in their order: `audio, video, video rejected`.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8829#section-5.2.2
 */
export async function sectionsFact(peer: Peer, expected: string): Promise<Fact> {
  const { localDescription } = await peer.evidence();
  const sections = localDescription === undefined ? undefined : sectionsOf(localDescription);
  return {
    name: 'what is agreed',
    peer,
    passed: sections === undefined ? undefined : sections === expected,
    expected,
    actual: sections ?? 'not known',
    phase: 'negotiation',
  };
}

function sectionsOf(sdp: string): string {
  // A section that is bundled has port 0 in an offer too (RFC 9143 §6).
  const sections = sdp.split(/^m=/m).slice(1);
  const name = (section: string) => {
    const [kind, port] = section.split(' ');
    return port === '0' && !section.includes('a=bundle-only') ? `${kind} rejected` : kind;
  };
  return sections.map(name).join(', ');
}

/**
 * In which direction each kind of media flows between two peers, as this one has it. Stopped transceivers are left out.
 *
 * @see https://www.w3.org/TR/webrtc/#dom-rtcrtptransceiver-currentdirection
 */
export async function directionFacts(
  peer: Peer,
  other: Peer,
  expected: { audio?: RTCRtpTransceiverDirection; video?: RTCRtpTransceiverDirection },
): Promise<Fact[]> {
  const actual = await peer.evaluate((remote, rig) => {
    const directions: Record<string, string[]> = { audio: [], video: [] };
    for (const { currentDirection, receiver } of rig.connection(remote).getTransceivers())
      if (currentDirection !== 'stopped') directions[receiver.track.kind]?.push(currentDirection ?? 'none');
    return directions;
  }, other.role);
  return Object.entries(expected).map(([kind, direction]) => ({
    name: `${kind} is ${direction}`,
    peer,
    passed: actual[kind]!.length > 0 && actual[kind]!.every((each) => each === direction),
    expected: direction,
    actual: actual[kind]!.join(', ') || `no ${kind}`,
    phase: 'negotiation',
  }));
}

/** How many offers a peer has made or taken, also those that were taken back. */
export async function offerCount(peer: Peer): Promise<number> {
  const { states } = await peer.evidence();
  return states.filter(([, what, value]) => what === 'signalingState' && value.startsWith('have-')).length;
}

/** Whether nothing was negotiated since {@link offerCount} was `before`. */
export async function unnegotiatedFact(peer: Peer, before: number): Promise<Fact> {
  const since = (await offerCount(peer)) - before;
  return {
    name: 'nothing is negotiated',
    peer,
    passed: since === 0,
    expected: '0 offers',
    actual: `${since} offers`,
    phase: 'negotiation',
  };
}
