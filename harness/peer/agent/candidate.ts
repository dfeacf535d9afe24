import type { CandidateRecord } from '../../call-record.ts';

const LINE = /^candidate:\S+ \d+ (?<protocol>\S+) \d+ (?<address>\S+) (?<port>\d+) typ (?<type>\S+)/;

/** A candidate as the records keep it; what the browser does not say is read from its attribute line (RFC 8839 §5.1). */
export function toCandidateRecord(
  candidate: RTCIceCandidateInit | RTCIceCandidate,
  t: number,
): CandidateRecord {
  const line = candidate.candidate ?? '';
  const { protocol = 'unknown', address, port, type = 'host' } = LINE.exec(line)?.groups ?? {};
  const { relayProtocol, url } = candidate as { relayProtocol?: string | null; url?: string | null };
  return {
    t,
    type: type as CandidateRecord['type'],
    protocol: protocol.toLowerCase(),
    ...(address && { address }),
    ...(port && { port: Number(port) }),
    ...(relayProtocol && { relayProtocol }),
    ...(url && { url }),
    candidate: line,
  };
}
