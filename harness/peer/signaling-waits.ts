import { withDeadline } from '../lifecycle/deadline.ts';
import type { PeerLink } from './peer-link.ts';

/** How long a page is given to notice that its signaling was cut, ms. */
const NOTICE_MS = 5000;

export async function waitForSignaling(
  link: PeerLink,
  { timeoutMs = link.callTimeoutMs }: { timeoutMs?: number },
): Promise<void> {
  const opened = Promise.race([link.told.signalingIs('open'), link.gone()]);
  await link.within(opened, { phase: 'signaling', timeoutMs, what: `${link.role}'s signaling to be open` });
}

export async function waitForPeer(link: PeerLink, other: string, where: 'there' | 'gone'): Promise<void> {
  const seen = Promise.race([link.told.peerIs(other, where), link.gone()]);
  await link.within(seen, {
    phase: 'signaling',
    timeoutMs: link.callTimeoutMs,
    what: `${link.role} to be told that ${other} is ${where}`,
    lastSeen: () =>
      link.told.roster === undefined
        ? `${link.role}'s signaling does not say who is in the room`
        : link.told.lastSeen(link.role),
  });
}

/** Resolves once the page knows that its signaling is gone, or after a while. */
export async function noticeCut(link: PeerLink, signal: AbortSignal): Promise<void> {
  const noticed = Promise.race([link.told.signalingIs('not open'), link.gone()]);
  await withDeadline(noticed, { timeoutMs: NOTICE_MS, what: 'the cut', signal }).catch(() =>
    signal.throwIfAborted(),
  );
}
