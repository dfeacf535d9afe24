import { selectedPair } from './normalise.ts';
import type { RawStat } from './sample.ts';

/** How much of each report a peer sends: what metrics, evidence and checks use, or all the browser says. */
export type StatsDetail = 'selected' | 'full';

/**
 * Everything that is ever read of a stored report, by the type of the object; `id`, `type` and `timestamp` always are.
 * A test holds this and what `normalise()`, the metrics and the judge read together.
 */
export const SELECTED_FIELDS: Readonly<Record<string, readonly string[]>> = {
  'inbound-rtp': [
    'kind',
    'mediaType',
    'codecId',
    'packetsReceived',
    'packetsLost',
    'jitter',
    'bytesReceived',
    'headerBytesReceived',
    'concealedSamples',
    'totalSamplesReceived',
    'jitterBufferDelay',
    'jitterBufferEmittedCount',
    'framesDecoded',
    'totalFreezesDuration',
    'totalDecodeTime',
    'nackCount',
    'pliCount',
    'firCount',
  ],
  'outbound-rtp': [
    'kind',
    'mediaType',
    'codecId',
    'remoteId',
    'mediaSourceId',
    'packetsSent',
    'bytesSent',
    'headerBytesSent',
    'framesSent',
    'framesEncoded',
    'totalEncodeTime',
    'qualityLimitationDurations',
  ],
  'remote-inbound-rtp': ['roundTripTime'],
  'media-source': ['kind', 'frames'],
  codec: ['mimeType'],
  transport: ['selectedCandidatePairId', 'dtlsState', 'dtlsCipher', 'srtpCipher', 'tlsVersion'],
  'candidate-pair': [
    'transportId',
    'localCandidateId',
    'remoteCandidateId',
    'selected',
    'nominated',
    'state',
    'currentRoundTripTime',
    'availableOutgoingBitrate',
  ],
  'local-candidate': ['candidateType', 'protocol', 'relayProtocol', 'address', 'ip', 'port'],
  'remote-candidate': ['candidateType', 'protocol', 'address', 'ip', 'port'],
};

/**
 * What is used of a report: the fields of {@link SELECTED_FIELDS}, and of pairs, candidates and codecs only those that
 * are in use. `normalise()` makes of it what it makes of the whole.
 *
 * Runs inside the page.
 */
export function selectStats(report: Iterable<RawStat>): RawStat[] {
  const stats = [...report];
  const used = idsInUse(stats);
  return stats.flatMap((stat) => {
    const fields = SELECTED_FIELDS[stat.type];
    return fields && (!ONLY_IN_USE.has(stat.type) || used.has(stat.id)) ? [picked(stat, fields)] : [];
  });
}

const ONLY_IN_USE = new Set(['candidate-pair', 'local-candidate', 'remote-candidate', 'codec']);

function idsInUse(stats: RawStat[]): Set<unknown> {
  const pair = selectedPair(stats, new Map(stats.map((stat) => [stat.id, stat])));
  const ofPair = pair ? [pair.id, pair['localCandidateId'], pair['remoteCandidateId']] : [];
  return new Set([...ofPair, ...stats.map(({ codecId }) => codecId)]);
}

function picked(stat: RawStat, fields: readonly string[]): RawStat {
  const { id, type, timestamp } = stat;
  const kept: RawStat = { id, type, timestamp };
  for (const field of fields) if (stat[field] !== undefined) kept[field] = stat[field];
  return kept;
}
