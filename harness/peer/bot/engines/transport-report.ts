import type { RawStat } from '../../../stats/sample.ts';

/** One end of the pair that is in use. */
export interface PairEnd {
  address: string;
  port: number;
  /** `host srflx prflx relay`. */
  type: string;
  protocol: string;
}

export interface TransportFacts {
  timestamp: number;
  dtlsState: string | undefined;
  /** `undefined` while there is none. */
  pair: { local: PairEnd; remote: PairEnd } | undefined;
  /** Seconds; `undefined` when the engine does not measure it. */
  currentRoundTripTime?: number | undefined;
  bytesSent?: number | undefined;
  bytesReceived?: number | undefined;
}

/** `transport`, `candidate-pair` and its two candidates, for engines that have no `getStats()` of their own. */
export function transportReport(facts: TransportFacts): RawStat[] {
  const { timestamp, dtlsState, pair, currentRoundTripTime, bytesSent, bytesReceived } = facts;
  const transport: RawStat = {
    id: 'transport',
    type: 'transport',
    timestamp,
    ...(dtlsState !== undefined && { dtlsState }),
    ...(bytesSent !== undefined && { bytesSent }),
    ...(bytesReceived !== undefined && { bytesReceived }),
    ...(pair && { selectedCandidatePairId: 'pair' }),
  };
  if (!pair) return [transport];
  return [
    transport,
    {
      id: 'pair',
      type: 'candidate-pair',
      timestamp,
      transportId: 'transport',
      localCandidateId: 'local',
      remoteCandidateId: 'remote',
      state: 'succeeded',
      nominated: true,
      ...(currentRoundTripTime !== undefined && { currentRoundTripTime }),
    },
    toCandidate('local', pair.local, timestamp),
    toCandidate('remote', pair.remote, timestamp),
  ];
}

function toCandidate(which: 'local' | 'remote', end: PairEnd, timestamp: number): RawStat {
  const { address, port, type, protocol } = end;
  return {
    id: which,
    type: `${which}-candidate`,
    timestamp,
    transportId: 'transport',
    address,
    port,
    candidateType: type,
    protocol,
  };
}
