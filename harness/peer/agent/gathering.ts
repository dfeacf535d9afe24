import type { PeerEvidence } from '../../call-record.ts';
import { PhaseError } from './phase-error.ts';

type IceError = PeerEvidence['iceErrors'][number];

/**
 * What codes mean where the browser says nothing: Firefox 153 leaves `errorText` empty. Wrong and expired credentials
 * are both 401.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8489#section-14.8
 * @see https://www.w3.org/TR/webrtc/#dom-rtcpeerconnectioniceerrorevent-errorcode
 */
const MEANINGS: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  437: 'Allocation Mismatch',
  438: 'Stale Nonce',
  441: 'Wrong Credentials',
  442: 'Unsupported Transport Protocol',
  486: 'Allocation Quota Reached',
  500: 'Server Error',
  508: 'Insufficient Capacity',
  701: 'the server could not be reached',
};

/** Why ICE did not work: with nothing gathered that is why; otherwise what servers said, unless one of them served. */
export function iceFailure({
  rtc,
  trace: { iceErrors, localCandidates },
  isEmpty,
}: {
  rtc: RTCConfiguration;
  trace: Pick<PeerEvidence, 'iceErrors' | 'localCandidates'>;
  /** Gathering has ended without a candidate. */
  isEmpty: boolean;
}): PhaseError {
  if (isEmpty) return new PhaseError('gathering', describeNothingGathered(rtc, iceErrors));
  const isServed = localCandidates.some(({ type }) => type !== 'host');
  const servers = isServed ? '' : describeServers(rtc.iceServers ?? [], iceErrors);
  return new PhaseError('ice', `ICE failed: no candidate pair worked${servers && ` (${servers})`}`);
}

/** Why gathering ended without a candidate that could be used: what each server answered. */
export function describeNothingGathered(
  { iceServers = [], iceTransportPolicy = 'all' }: RTCConfiguration,
  errors: readonly IceError[],
): string {
  const servers = describeServers(iceServers, errors) || 'there are no STUN or TURN servers';
  return `gathering found no candidate to use (iceTransportPolicy ${iceTransportPolicy}): ${servers}`;
}

/** `turn:192.0.2.1:3478?transport=udp: 401 Unauthorized; …`, for every server; empty without servers. */
export function describeServers(iceServers: readonly RTCIceServer[], errors: readonly IceError[]): string {
  const urls = iceServers.flatMap((server) => server.urls);
  const known = new Set(urls.map(canonical));
  const others = errors.map(({ url }) => url ?? '').filter((url) => url !== '' && !known.has(canonical(url)));
  return [...urls, ...new Set(others)]
    .map((url) => {
      const own = errors.filter((error) => canonical(error.url ?? '') === canonical(url));
      return `${url}: ${describeErrors(own) || 'no answer'}`;
    })
    .join('; ');
}

/** A refusal says more than an address the server cannot be reached from. */
function describeErrors(errors: readonly IceError[]): string {
  const texts = errors
    .toSorted((a, b) => a.errorCode - b.errorCode)
    .map(({ errorCode, errorText }) => {
      const text = (errorText || MEANINGS[errorCode] || '').replace(/\.$/, '');
      return text ? `${errorCode} ${text}` : String(errorCode);
    });
  return [...new Set(texts)].join(', ');
}

/** Firefox leaves `?transport=udp` out (RFC 7065 §3.1: the default). */
function canonical(url: string): string {
  return url.toLowerCase().replace(/\?transport=udp$/, '');
}

/** Resolves when this side has all its candidates. */
export function gathered(pc: RTCPeerConnection): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (pc.iceGatheringState !== 'complete') return;
      pc.removeEventListener('icegatheringstatechange', look);
      resolve();
    };
    pc.addEventListener('icegatheringstatechange', look);
    look();
  });
}
