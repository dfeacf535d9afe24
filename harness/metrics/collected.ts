import type { CallRecord, PeerRecord } from '../call-record.ts';
import type { NormalisedSample } from '../stats/normalise.ts';
import type { SampleGroup } from './aggregate.ts';
import { peerTags, remoteTag } from './derive.ts';
import type { SinkState } from './sink.ts';

/** What was measured of one call while raw samples of it were left out. `calls/<id>/metrics.json`. */
export interface CollectedCall {
  schemaVersion: 1;
  /** By role; those of whom nothing was left out are absent. */
  peers: Record<string, CollectedPeer>;
}

export interface CollectedPeer {
  /** Epoch ms, peer's clock: the first raw sample that was left out. What follows was measured as it came. */
  fromMs: number;
  /** How many samples came, and how many of them are not in the file. */
  samples: number;
  thinned: number;
  observed: CollectedObservation;
  groups: CollectedGroup[];
}

/** What the judge needs of a peer's samples beside the metrics. */
export interface CollectedObservation {
  last: NormalisedSample;
  /** First and last sample inside the hold, by the remote peer's role. */
  holds: Record<string, { first: NormalisedSample; last: NormalisedSample }>;
}

/** Values of one metric that have everything else in common. */
export interface CollectedGroup {
  metric: string;
  connection: string;
  kind?: string;
  codec?: string;
  candidate_type?: string;
  step?: string;
  state: SinkState;
}

/** What was collected of a peer, with the tags that its samples have. */
export function* collectedSamples(
  record: CallRecord,
  peer: PeerRecord,
  { groups }: CollectedPeer,
): Generator<SampleGroup> {
  for (const { metric, connection, state, ...own } of groups) {
    yield { metric, state, tags: { ...peerTags(record, peer), ...remoteTag(peer, connection), ...own } };
  }
}
