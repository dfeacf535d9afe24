import type { PeerRecord } from '../../harness/call-record.ts';
import { html, type Markup } from './markup.ts';
import { fold } from './parts.ts';

const MOST_CHARACTERS = 60_000;

/** The session descriptions of all peers, side by side where there is room. Nothing in them is interpreted. */
export function sdpFold(peers: readonly PeerRecord[]): Markup | undefined {
  const described = peers.flatMap((peer) => descriptions(peer, peers));
  if (described.length === 0) return undefined;
  const blocks = described.map(
    ({ title, sdp }) =>
      html`<div>
        <h5>${title}</h5>
        <pre tabindex="0">${shorten(sdp)}</pre>
      </div>`,
  );
  return fold(
    'SDP',
    described.map(({ title }) => title).join(', '),
    html`<div class="side-by-side">${blocks}</div>`,
  );
}

/** A remote description is another peer's local one; it is shown only if it is not the same on both sides. */
function descriptions(
  { role, evidence }: PeerRecord,
  peers: readonly PeerRecord[],
): { title: string; sdp: string }[] {
  const { localDescription, remoteDescription } = evidence;
  const sent = peers.some((peer) => peer.evidence.localDescription === remoteDescription);
  return [
    ...(localDescription ? [{ title: `local of ${role}`, sdp: localDescription }] : []),
    ...(remoteDescription && !sent ? [{ title: `remote of ${role}`, sdp: remoteDescription }] : []),
  ];
}

function shorten(sdp: string): string {
  if (sdp.length <= MOST_CHARACTERS) return sdp;
  return `${sdp.slice(0, MOST_CHARACTERS)}\n… ${sdp.length - MOST_CHARACTERS} more characters in call.json`;
}
