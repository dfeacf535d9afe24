import type { PeerEvidence } from '../../call-record.ts';
import type { RawStat } from '../../stats/sample.ts';
import { normalise, type SelectedPair } from '../../stats/normalise.ts';

/** States and candidates as they were noted while they came. */
export type Trace = Pick<PeerEvidence, 'states' | 'localCandidates' | 'remoteCandidates' | 'iceErrors'>;

interface Seen {
  remote: string;
  pc: RTCPeerConnection;
  trace: Trace;
  report: () => Promise<RawStat[]>;
}

/** What there is to see of a connection now: states, candidates, descriptions, ciphers. Read before it is closed. */
export async function evidenceOf(connection: Seen): Promise<PeerEvidence> {
  // Its states first: it may be closed while the report is on its way.
  const states = statesOf(connection.pc);
  return { ...connection.trace, ...states, ...(await mediaFacts(connection)) };
}

function statesOf(pc: RTCPeerConnection) {
  const dtls = pc.getTransceivers().find(({ sender }) => sender.transport)?.sender.transport;
  return {
    signalingState: pc.signalingState,
    iceGatheringState: pc.iceGatheringState,
    iceConnectionState: pc.iceConnectionState,
    connectionState: pc.connectionState,
    ...(dtls && { dtlsState: dtls.state }),
    // Firefox 153 throws if it is asked for the descriptions of a closed connection.
    ...(pc.signalingState !== 'closed' && {
      ...(pc.localDescription && { localDescription: pc.localDescription.sdp }),
      ...(pc.remoteDescription && { remoteDescription: pc.remoteDescription.sdp }),
    }),
  };
}

/**
 * How the local candidate's server is reached, and which it is.
 *
 * From getStats(): there both browsers tell `relayProtocol` (Chromium 156, Firefox 153), Chromium alone `url`. On the
 * candidates of `icecandidate` events Firefox has neither, and Chromium leaves `relayProtocol` out over UDP.
 */
function localServer({ stat, localType, relayProtocol }: SelectedPair, stats: RawStat[]) {
  const local = stats.find(({ id }) => id === stat['localCandidateId']);
  const url = local?.['url'];
  return {
    ...(localType === 'relay' && relayProtocol !== undefined && { relayProtocol }),
    ...(typeof url === 'string' && url !== '' && { url }),
  };
}

async function mediaFacts({ pc, remote, report }: Seen): Promise<Partial<PeerEvidence>> {
  if (pc.signalingState === 'closed') return {};
  const sample = { t: 0, connection: remote, seq: 0, lateMs: 0, costMs: 0, stats: await report() };
  const { pair, transport, inbound, outbound } = normalise(sample);
  const codec = (kind: string) =>
    [...outbound, ...inbound].find((stream) => stream.kind === kind && stream.codec)?.codec;
  const { dtlsCipher, srtpCipher, tlsVersion } = transport;
  const audioCodec = codec('audio');
  const videoCodec = codec('video');
  return {
    ...(pair && {
      selectedPair: {
        local: pair.local ?? 'unknown',
        remote: pair.remote ?? 'unknown',
        localType: pair.localType ?? 'unknown',
        remoteType: pair.remoteType ?? 'unknown',
        protocol: pair.relayProtocol ?? pair.protocol ?? 'unknown',
        ...localServer(pair, sample.stats),
      },
    }),
    ...(dtlsCipher && { dtlsCipher }),
    ...(srtpCipher && { srtpCipher }),
    ...(tlsVersion && { tlsVersion }),
    ...(audioCodec && { audioCodec }),
    ...(videoCodec && { videoCodec }),
  };
}
