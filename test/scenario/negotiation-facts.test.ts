import { expect, test } from 'vitest';
import type { PeerEvidence } from '../../harness/call-record.ts';
import type { Peer } from '../../harness/index.ts';
import {
  directionFacts,
  offerCount,
  sectionsFact,
  unnegotiatedFact,
} from '../../harness/scenario/negotiation-facts.ts';
import { NO_EVIDENCE } from '../helpers/fake-agent.ts';

const withEvidence = (evidence: Partial<PeerEvidence>) =>
  ({ role: 'caller', evidence: () => Promise.resolve({ ...NO_EVIDENCE, ...evidence }) }) as unknown as Peer;

const SDP = [
  'v=0',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'm=video 0 UDP/TLS/RTP/SAVPF 96',
  'a=bundle-only',
  'm=video 0 UDP/TLS/RTP/SAVPF 96',
  '',
].join('\r\n');

test('sectionsFact() tells rejected sections from those that are bundled', async () => {
  const peer = withEvidence({ localDescription: SDP });
  expect(await sectionsFact(peer, 'audio, video, video rejected')).toMatchObject({ passed: true });
  expect(await sectionsFact(peer, 'audio')).toMatchObject({
    passed: false,
    actual: 'audio, video, video rejected',
  });
});

test('sectionsFact() has no evidence without a description', async () => {
  expect((await sectionsFact(withEvidence({}), 'audio')).passed).toBeUndefined();
});

test('unnegotiatedFact() counts offers of both sides, also those that were taken back', async () => {
  const states: PeerEvidence['states'] = [
    [1, 'signalingState', 'have-local-offer'],
    [2, 'signalingState', 'stable'],
    [3, 'iceConnectionState', 'checking'],
    [4, 'signalingState', 'have-remote-offer'],
  ];
  const peer = withEvidence({ states });
  expect(await offerCount(peer)).toBe(2);
  expect(await unnegotiatedFact(peer, 1)).toMatchObject({ passed: false, actual: '1 offers' });
  expect(await unnegotiatedFact(peer, 2)).toMatchObject({ passed: true });
});

test.for([
  [{ audio: ['inactive'], video: [] }, [true, false]],
  [{ audio: ['inactive', 'sendonly'], video: ['inactive'] }, [false, true]],
] as const)(
  'directionFacts() want every transceiver of a kind, and one at least, that way',
  async ([seen, passed]) => {
    const peer = { role: 'caller', evaluate: () => Promise.resolve(seen) } as unknown as Peer;
    const facts = await directionFacts(peer, peer, { audio: 'inactive', video: 'inactive' });
    expect(facts.map((fact) => fact.passed)).toEqual(passed);
  },
);
