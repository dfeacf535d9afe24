import { describe, expect, test } from 'vitest';
import type { CallRecord, CandidateRecord, PeerRecord } from '../../../harness/call-record.ts';
import { candidateFold, connectionTable } from '../../../reports/html/connection.ts';
import { buildRun } from '../../fixtures/reports/run.ts';

const record = buildRun().calls[0]?.record as CallRecord;
const caller = record.peers['caller'] as PeerRecord;

/** The address of each candidate that is marked as selected. */
function selected(localCandidates: CandidateRecord[], local: string): string[] {
  const pair = { local, remote: 'nowhere', localType: 'host', remoteType: 'host', protocol: 'udp' };
  const evidence = { ...caller.evidence, localCandidates, selectedPair: pair };
  const rows = candidateFold(record, { ...caller, evidence })?.text.match(/<tr>.*?<\/tr>/gs) ?? [];
  return rows
    .filter((row) => row.includes('selected</b>'))
    .flatMap((row) => /<code>(.*?)<\/code>/.exec(row)?.[1] ?? []);
}

describe('candidateFold()', () => {
  const at = (address: string, port: number): CandidateRecord => ({
    t: 0,
    type: 'host',
    protocol: 'udp',
    address,
    port,
    candidate: '',
  });

  test.for([
    ['IPv4', at('192.0.2.2', 5000), '192.0.2.2:5000'],
    ['IPv6', at('fd00::2', 5000), '[fd00::2]:5000'],
    ['IPv6 in brackets already', at('[fd00::2]', 5000), '[fd00::2]:5000'],
  ] as const)('marks the selected candidate if its address is %s', ([, candidate, end]) => {
    expect(selected([candidate, at('192.0.2.9', 6000)], end)).toEqual([end]);
  });

  test('marks none if the pair is of a candidate that was never seen', () => {
    expect(selected([at('192.0.2.2', 5000)], '192.0.2.2:5001')).toEqual([]);
  });

  test('is not there if there was no candidate and no error', () => {
    const evidence = { states: [], localCandidates: [], remoteCandidates: [], iceErrors: [] };
    expect(candidateFold(record, { ...caller, evidence })).toBeUndefined();
  });
});

test('connectionTable() says "not reported" for ciphers that a browser does not report', () => {
  const { srtpCipher: _srtp, dtlsCipher: _dtls, ...evidence } = caller.evidence;
  const table = connectionTable({ ...record, peers: { caller: { ...caller, evidence } } }, ['caller']).text;
  expect(table.match(/title="not reported"/g)).toHaveLength(2);
});
