import { normalise } from '../../stats/normalise.ts';
import type { RawStat } from '../../stats/sample.ts';

/** The user name fragment that tells one ICE generation from the next; empty before there is a description. */
export function iceUfrag(description: RTCSessionDescriptionInit | null): string {
  return /^a=ice-ufrag:(?<ufrag>\S+)/m.exec(description?.sdp ?? '')?.groups?.['ufrag'] ?? '';
}

/**
 * Whether a candidate can be added to what is described: of another generation, or for a section that is not there, it
 * came before its description, or after that was rolled back. One without a name is believed, as is the end of candidates.
 */
export function isOfDescription(
  candidate: RTCIceCandidateInit | null,
  description: RTCSessionDescriptionInit | null,
): boolean {
  if (!description) return false;
  const lines = (description.sdp ?? '').split(/\r?\n/);
  const { usernameFragment: ufrag, sdpMid: mid } = candidate ?? {};
  return (!ufrag || lines.includes(`a=ice-ufrag:${ufrag}`)) && (!mid || lines.includes(`a=mid:${mid}`));
}

/**
 * Whether the selected pair belongs to the generation that both descriptions speak of.
 *
 * Told by the pair's candidates, as an ICE restart on a path that still works changes no state at all (Chromium 156 and
 * Firefox 153 stay `connected`). A browser that reports no `usernameFragment` is believed.
 *
 * @see https://www.w3.org/TR/webrtc-stats/#dom-rtcicecandidatestats-usernamefragment
 */
export function isOfGeneration(
  stats: RawStat[],
  { local, remote }: { local: string; remote: string },
): boolean {
  const { pair } = normalise({ t: 0, connection: '', seq: 0, lateMs: 0, costMs: 0, stats });
  if (!pair) return false;
  const ufrag = (side: string) =>
    stats.find(({ id }) => id === pair.stat[side])?.['usernameFragment'] as string | undefined;
  const localUfrag = ufrag('localCandidateId');
  if (localUfrag) return localUfrag === local;
  const remoteUfrag = ufrag('remoteCandidateId');
  return !remoteUfrag || remoteUfrag === remote;
}
