import { expect, test } from 'vitest';
import type { Peer } from '../../harness/index.ts';
import { certificateFacts } from '../../harness/scenario/certificate-facts.ts';
import { NO_EVIDENCE } from '../helpers/fake-agent.ts';

const RSA = '300d06092a864886f70d0101010500';
const peer = { role: 'callee' } as Peer;

/** A side that was told that fingerprint and got that certificate. */
const seeing = (seen: { hex: string; fingerprint: string } | null, told: string) =>
  ({
    role: 'caller',
    evaluate: () => Promise.resolve(seen),
    evidence: () =>
      Promise.resolve({ ...NO_EVIDENCE, remoteDescription: `v=0\r\na=fingerprint:sha-256 ${told}\r\n` }),
  }) as unknown as Peer;

test.for([
  ['RSA', 'AA:BB', [true, true]],
  ['ECDSA', 'AA:BB', [false, true]],
  ['RSA', 'AA:CC', [true, false]],
] as const)('certificateFacts() of an RSA certificate: expected %s, told %s', async ([key, told, passed]) => {
  const facts = await certificateFacts(peer, seeing({ hex: RSA, fingerprint: 'aa:bb' }, told), key);
  expect(facts.map((fact) => fact.passed)).toEqual(passed);
});

test('certificateFacts() have no evidence where the browser does not show certificates', async () => {
  const facts = await certificateFacts(peer, seeing(null, 'AA:BB'), 'RSA');
  expect(facts.map((fact) => fact.passed)).toEqual([undefined, undefined]);
});
