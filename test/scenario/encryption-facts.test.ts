import { expect, test } from 'vitest';
import type { PeerEvidence } from '../../harness/call-record.ts';
import type { Peer } from '../../harness/peer/peer.ts';
import { encryptionFacts, refusedFacts } from '../../harness/scenario/encryption-facts.ts';

interface Seen extends Partial<PeerEvidence> {
  dtlsRole?: string;
  packetsReceived?: number;
}

const GOOD: Seen = {
  tlsVersion: 'DTLS 1.3',
  dtlsCipher: 'TLS_AES_128_GCM_SHA256',
  srtpCipher: 'SRTP_AEAD_AES_128_GCM',
};

const peer = (role: string, { dtlsRole, packetsReceived, ...evidence }: Seen): Peer =>
  ({
    role,
    evidence: async () => ({
      states: [],
      localCandidates: [],
      remoteCandidates: [],
      iceErrors: [],
      ...evidence,
    }),
    stats: async () => ({
      other: [
        { id: 'T', type: 'transport', timestamp: 0, dtlsRole },
        { id: 'I', type: 'inbound-rtp', timestamp: 0, packetsReceived },
      ],
    }),
  }) satisfies Partial<Peer> as Partial<Peer> as Peer;

const failed = (facts: { name: string; passed: boolean | undefined }[]) =>
  facts.filter(({ passed }) => passed !== true).map(({ name, passed }) => `${name}: ${String(passed)}`);

test.for<[string, Seen, Seen, string[]]>([
  ['all is well', {}, {}, []],
  ['both are the client', { dtlsRole: 'client' }, {}, ['one side is the DTLS client, one the server: false']],
  [
    'a version is old',
    { tlsVersion: 'DTLS 1.0' },
    { tlsVersion: 'DTLS 1.0' },
    ['both use a DTLS version that is safe: false'],
  ],
  [
    'they differ',
    { srtpCipher: 'SRTP_AES128_CM_HMAC_SHA1_80' },
    {},
    ['both use an SRTP profile that encrypts: false'],
  ],
  [
    'nothing is encrypted',
    { dtlsCipher: 'TLS_RSA_WITH_NULL_SHA', srtpCipher: 'SRTP_NULL_HMAC_SHA1_80' },
    { dtlsCipher: 'TLS_RSA_WITH_NULL_SHA', srtpCipher: 'SRTP_NULL_HMAC_SHA1_80' },
    ['both use a DTLS suite that encrypts: false', 'both use an SRTP profile that encrypts: false'],
  ],
])('encryptionFacts() if %s', async ([, caller, callee, expected]) => {
  const facts = await encryptionFacts(
    peer('caller', { ...GOOD, dtlsRole: 'server', ...caller }),
    peer('callee', { ...GOOD, dtlsRole: 'client', ...callee }),
  );
  expect(failed(facts)).toEqual(expected);
});

test('encryptionFacts() knows nothing of what a browser does not report', async () => {
  const { tlsVersion: _, ...less } = GOOD;
  const facts = await encryptionFacts(peer('caller', less), peer('callee', { ...GOOD, dtlsRole: 'client' }));
  expect(failed(facts)).toEqual([
    'one side is the DTLS client, one the server: undefined',
    'both use a DTLS version that is safe: undefined',
  ]);
});

test('refusedFacts() fails if the call works, a side was connected for a while, or media came', async () => {
  const error = new Error('refused');
  const well = await refusedFacts([peer('caller', {})], { error, afterMs: 1 });
  expect(failed(well)).toEqual([]);
  const was = peer('caller', {
    states: [
      [1, 'connectionState', 'connected'],
      [2, 'connectionState', 'failed'],
    ],
  });
  expect(failed(await refusedFacts([was], { error, afterMs: 1 }))).toEqual(['it was never connected: false']);
  const heard = peer('caller', { packetsReceived: 1 });
  expect(failed(await refusedFacts([heard], { error: undefined, afterMs: 1 }))).toEqual([
    'the call is refused: false',
    'no media arrives: false',
  ]);
});
