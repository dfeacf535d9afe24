import type { PageRig } from '../peer/connection-settings.ts';
import type { Peer } from '../peer/peer.ts';
import type { Fact } from './scenario.ts';

/** Object identifiers of public keys, DER: `rsaEncryption` (RFC 3279 §2.3.1), `id-ecPublicKey` (RFC 5480 §2.1.1). */
const KEYS = {
  RSA: '2a864886f70d010101',
  ECDSA: '2a8648ce3d0201',
} as const;

/**
 * Whether a peer's certificate is of that kind, as the other side got it in the DTLS handshake, and the one whose
 * fingerprint its description gave.
 *
 * @see https://www.w3.org/TR/webrtc/#dom-rtcdtlstransport-getremotecertificates
 * @see https://www.rfc-editor.org/rfc/rfc8122#section-5
 */
export async function certificateFacts(peer: Peer, other: Peer, key: keyof typeof KEYS): Promise<Fact[]> {
  const seen = await other.evaluate(readRemoteCertificate, peer.role);
  const told = /^a=fingerprint:sha-256 (\S+)/im.exec((await other.evidence()).remoteDescription ?? '')?.[1];
  const actual = seen ? keyOf(seen.hex) : undefined;
  return [
    {
      name: `its certificate is ${key}`,
      peer,
      passed: seen ? actual === key : undefined,
      expected: key,
      actual: seen ? (actual ?? 'of another kind') : 'not reported',
      phase: 'dtls',
    },
    {
      name: 'its certificate is the one it told of',
      peer,
      passed: seen && told ? seen.fingerprint === told.toLowerCase() : undefined,
      expected: told?.toLowerCase() ?? 'a sha-256 fingerprint',
      actual: seen?.fingerprint ?? 'not reported',
      phase: 'dtls',
    },
  ];
}

function keyOf(hex: string): string | undefined {
  return Object.entries(KEYS).find(([, identifier]) => hex.includes(identifier))?.[0];
}

/** Runs in the page. */
async function readRemoteCertificate(remote: string, rig: PageRig) {
  const { transport } = rig.connection(remote).getSenders()[0]!;
  const [der] = transport?.getRemoteCertificates?.() ?? [];
  if (!der) return null;
  const toHex = (buffer: ArrayBuffer) =>
    [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, '0'));
  const hash = await crypto.subtle.digest('SHA-256', der);
  return { hex: toHex(der).join(''), fingerprint: toHex(hash).join(':') };
}
