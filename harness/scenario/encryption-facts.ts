import type { PeerEvidence } from '../call-record.ts';
import type { Peer } from '../peer/peer.ts';
import type { RawStat } from '../stats/sample.ts';
import type { Failure } from './disturbance-facts.ts';
import type { Fact } from './scenario.ts';

/** @see https://www.rfc-editor.org/rfc/rfc8827#section-6.5 */
const DTLS_VERSIONS = ['DTLS 1.2', 'DTLS 1.3'];
/** The profiles of RFC 5764 and RFC 7714 that encrypt. */
const SRTP_PROFILE = /^SRTP_(AES(128|256)_CM_HMAC_SHA1_(80|32)|AEAD_AES_(128|256)_GCM)$/;
/** Suites without a secret, or with one that is known to be none. */
const BROKEN_SUITE = /NULL|EXPORT|RC4|anon|DES/i;

/**
 * How two connected peers encrypt: one is the DTLS client and the other the server, both name the same version, suite
 * and SRTP profile, and these are good.
 *
 * @see https://www.w3.org/TR/webrtc-stats/#transportstats-dict*
 */
export async function encryptionFacts(one: Peer, other: Peer): Promise<Fact[]> {
  const [ours, theirs] = await Promise.all([one.evidence(), other.evidence()]);
  const [ourRole, theirRole] = await Promise.all([one.stats(), other.stats()]).then((all) =>
    all.map(dtlsRole),
  );
  const agreed = (
    name: string,
    field: keyof PeerEvidence,
    expected: string,
    isGood: (said: string) => boolean,
  ) => {
    const said = [ours[field], theirs[field]] as (string | undefined)[];
    return fact(name, said, expected, said[0] === said[1] && isGood(String(said[0])));
  };
  const roles = [ourRole, theirRole];
  return [
    fact(
      'one side is the DTLS client, one the server',
      roles,
      'client and server',
      roles.includes('client') && roles.includes('server'),
    ),
    agreed('both use a DTLS version that is safe', 'tlsVersion', DTLS_VERSIONS.join(' or '), (said) =>
      DTLS_VERSIONS.includes(said),
    ),
    agreed(
      'both use a DTLS suite that encrypts',
      'dtlsCipher',
      'the same suite',
      (said) => !BROKEN_SUITE.test(said),
    ),
    agreed('both use an SRTP profile that encrypts', 'srtpCipher', 'the same profile', (said) =>
      SRTP_PROFILE.test(said),
    ),
  ];
}

function fact(name: string, said: readonly (string | undefined)[], expected: string, isRight: boolean): Fact {
  return {
    name,
    passed: said.includes(undefined) ? undefined : isRight,
    expected,
    actual: said.map((each) => each ?? 'not reported').join(' and '),
    phase: 'dtls',
  };
}

function dtlsRole(reports: Record<string, RawStat[]>): string | undefined {
  const transport = Object.values(reports)
    .flat()
    .find(({ type }) => type === 'transport');
  const role = transport?.['dtlsRole'];
  return typeof role === 'string' ? role : undefined;
}

/**
 * Whether a call that would not be encrypted, or not with whom it should, is refused: it fails, neither side is ever
 * connected, and nothing arrives.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8827#section-6.5
 */
export async function refusedFacts(peers: readonly Peer[], { error }: Failure): Promise<Fact[]> {
  const each = await Promise.all(peers.map(notConnectedFacts));
  return [
    {
      name: 'the call is refused',
      passed: error !== undefined,
      expected: 'an error',
      actual: error?.message ?? 'it works',
      phase: 'dtls',
    },
    ...each.flat(),
  ];
}

async function notConnectedFacts(peer: Peer): Promise<Fact[]> {
  const { states } = await peer.evidence();
  const reached = states.filter(([, what, value]) => what === 'connectionState' && value === 'connected');
  const inbound = Object.values(await peer.stats())
    .flat()
    .filter(({ type }) => type === 'inbound-rtp');
  const packets = inbound.reduce((sum, stat) => sum + Number(stat['packetsReceived'] ?? 0), 0);
  return [
    {
      name: 'it was never connected',
      peer,
      passed: reached.length === 0,
      expected: 'never connected',
      actual: states.findLast(([, what]) => what === 'connectionState')?.[2] ?? 'new',
      phase: 'dtls',
    },
    {
      name: 'no media arrives',
      peer,
      passed: packets === 0,
      expected: '0 packets',
      actual: `${packets} packets`,
      phase: 'dtls',
    },
  ];
}
