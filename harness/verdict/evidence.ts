import type { CandidateRecord, PeerRecord, Phase } from '../call-record.ts';

/** How a phase is called in a sentence. */
export const PHASE_WORDS: Record<Phase, string> = {
  launch: 'launch',
  network: 'network',
  agent: 'agent',
  signaling: 'signaling',
  media: 'getUserMedia',
  negotiation: 'negotiation',
  gathering: 'ICE gathering',
  ice: 'ICE',
  dtls: 'DTLS',
  rtp: 'RTP',
  data: 'data channel',
  recording: 'recording',
  'hang-up': 'hang-up',
  script: 'script',
};

/** The states that tell most in the fewest words, for a headline: `ice connected, dtls connecting`. */
export function renderStates({ evidence }: PeerRecord): string {
  const { iceConnectionState, dtlsState, signalingState } = evidence;
  const states = [
    iceConnectionState && `ice ${iceConnectionState}`,
    dtlsState && `dtls ${dtlsState}`,
    !iceConnectionState && !dtlsState && signalingState && `signaling ${signalingState}`,
  ].filter(Boolean);
  return states.length ? states.join(', ') : 'no connection';
}

/** Everything a reader wants to know of one peer first, on one line. */
export function renderEvidence(peer: PeerRecord): string {
  const { evidence, console } = peer;
  const { signalingState, iceGatheringState, iceConnectionState, dtlsState, connectionState } = evidence;
  const states = Object.entries({
    signaling: signalingState,
    gathering: iceGatheringState,
    ice: iceConnectionState,
    dtls: dtlsState,
    connection: connectionState,
  }).flatMap(([name, state]) => (state ? [`${name} ${state}`] : []));
  const error = console.findLast(({ level }) => level === 'error');
  const iceError = evidence.iceErrors.at(-1);
  return [
    states.length ? states.join(', ') : 'no connection was made',
    `candidates ${countTypes(evidence.localCandidates)} local, ${countTypes(evidence.remoteCandidates)} remote`,
    `SDP ${present(evidence.localDescription)} local, ${present(evidence.remoteDescription)} remote`,
    iceError && `last ICE error ${iceError.errorCode} ${oneLine(iceError.errorText)}`,
    error ? `last console error: ${oneLine(error.text)}` : 'no console errors',
  ]
    .filter(Boolean)
    .join('; ');
}

/** `2 host + 1 relay`, or `no`. */
function countTypes(candidates: readonly CandidateRecord[]): string {
  const counts = new Map<string, number>();
  for (const { type } of candidates) counts.set(type, (counts.get(type) ?? 0) + 1);
  return counts.size ? [...counts].map(([type, count]) => `${count} ${type}`).join(' + ') : 'no';
}

function present(description: string | undefined): string {
  return description ? 'set' : 'not set';
}

/** What came from a page may be long and have lines. */
export function oneLine(text: string, longest = 200): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}
