import type { CandidateRecord, PeerMarks, PeerRecord } from '../../harness/call-record.ts';

export const CANDIDATE: CandidateRecord = { t: 3, type: 'host', protocol: 'udp', candidate: '' };

export interface Seen {
  marks?: PeerMarks;
  local?: CandidateRecord[];
}

/** What is known of a peer of which this much was seen. */
export function aPeerRecord(role: string, { marks = {}, local = [] }: Seen = {}): PeerRecord {
  return {
    role,
    browser: 'chrome',
    marks,
    evidence: { states: [], localCandidates: local, remoteCandidates: [], iceErrors: [] },
    console: [],
    process: [],
  };
}
