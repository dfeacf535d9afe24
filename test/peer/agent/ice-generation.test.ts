import { expect, test } from 'vitest';
import { iceUfrag, isOfDescription, isOfGeneration } from '../../../harness/peer/agent/ice-generation.ts';
import type { RawStat } from '../../../harness/stats/sample.ts';

const stat = (id: string, type: string, rest: object): RawStat => ({ id, type, timestamp: 0, ...rest });

function report({ local, remote }: { local?: string; remote?: string }): RawStat[] {
  const ids = { localCandidateId: 'l', remoteCandidateId: 'r' };
  return [
    stat('t', 'transport', { selectedCandidatePairId: 'p' }),
    stat('p', 'candidate-pair', { state: 'succeeded', nominated: true, ...ids }),
    stat('l', 'local-candidate', { ...(local && { usernameFragment: local }) }),
    stat('r', 'remote-candidate', { ...(remote && { usernameFragment: remote }) }),
  ];
}

const NEW = { local: 'newL', remote: 'newR' };

test('isOfGeneration() goes by the local candidate, then by the remote one, then believes', () => {
  expect(isOfGeneration(report({ local: 'newL', remote: 'oldR' }), NEW)).toBe(true);
  expect(isOfGeneration(report({ local: 'oldL', remote: 'newR' }), NEW)).toBe(false);
  expect(isOfGeneration(report({ remote: 'oldR' }), NEW)).toBe(false);
  expect(isOfGeneration(report({ remote: 'newR' }), NEW)).toBe(true);
  expect(isOfGeneration(report({}), NEW)).toBe(true);
});

test('isOfGeneration() is false if no pair is selected', () => {
  expect(isOfGeneration([], NEW)).toBe(false);
});

test('iceUfrag() is the first one of a description, and empty without one', () => {
  const sdp = 'v=0\r\na=ice-ufrag:Ab+/\r\na=ice-pwd:x\r\na=ice-ufrag:other\r\n';
  expect(iceUfrag({ type: 'offer', sdp })).toBe('Ab+/');
  expect(iceUfrag(null)).toBe('');
});

test('isOfDescription() is false for candidates of a description that is still on its way', () => {
  const description = { type: 'offer', sdp: 'v=0\r\na=ice-ufrag:one\r\na=ice-ufrag:two\r\n' } as const;
  const of = (usernameFragment?: string) => ({
    candidate: 'candidate:1 …',
    usernameFragment: usernameFragment ?? null,
  });
  expect(['one', 'two', 'on', 'next'].map((ufrag) => isOfDescription(of(ufrag), description))).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect([isOfDescription(of(), description), isOfDescription(null, description)]).toEqual([true, true]);
  expect([isOfDescription(of('one'), null), isOfDescription(null, null)]).toEqual([false, false]);
});

test('isOfDescription() is false for candidates of a section that is not there, as after a rollback', () => {
  const description = { type: 'offer', sdp: 'v=0\r\na=ice-ufrag:one\r\na=mid:0\r\na=mid:10\r\n' } as const;
  const of = (sdpMid: string | null) => ({ candidate: 'candidate:1 …', usernameFragment: 'one', sdpMid });
  expect(['0', '10', '1', '', null].map((mid) => isOfDescription(of(mid), description))).toEqual([
    true,
    true,
    false,
    true,
    true,
  ]);
});
