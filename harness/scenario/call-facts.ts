import type { PeerEvidence } from '../call-record.ts';
import type { HangUpObservation, MediaObservation, Peer } from '../peer/peer.ts';
import { isMoving } from './moving.ts';
import type { Fact } from './scenario.ts';

/** Luma, of 255, below which a whole picture counts as black; encoders and colour ranges leave some above 16. */
export const BLACK_LUMA = 40;

/** Of a peer at the other end with whom there was no connection. */
const NOTHING_SEEN: MediaObservation = {
  frames: 0,
  changes: 0,
  lateLooks: 0,
  lateChanges: 0,
  maxLuma: 0,
  maxDeviation: 0,
  audioPackets: undefined,
  audioEnergy: undefined,
  framesDecoded: undefined,
};

export interface CallFactsOptions {
  /** Media this peer should receive. Default both, as far as the run's media profile has them. */
  receives?: { audio?: boolean; video?: boolean };
  /** Console errors that are known and harmless. */
  ignoreConsole?: readonly RegExp[];
  /** The other end, where the peer has several connections. Default: its first connection, and what came over all. */
  with?: Peer;
}

/**
 * What must hold of a peer in a healthy call: connected over a known pair, encrypted, audio heard, video seen to move,
 * and a quiet console. What a peer cannot observe is not asked of it. To be asked while the call is up.
 */
export async function callFacts(
  peer: Peer,
  seen: MediaObservation,
  { receives = {}, ignoreConsole = [], with: other }: CallFactsOptions = {},
): Promise<Fact[]> {
  const isUsual = (kind: 'audio' | 'video') => !(peer.spared?.includes(kind) ?? false);
  const { audio = isUsual('audio'), video = isUsual('video') } = receives;
  const evidence = await peer.evidence(other);
  const blindTo = new Set(peer.blindTo);
  const media = other && seen.byRemote ? (seen.byRemote[other.role] ?? NOTHING_SEEN) : seen;
  const facts = [
    connectedFact(evidence),
    pairFact(evidence),
    dtlsFact(evidence),
    ...(blindTo.has('ciphers') ? [] : [srtpFact(evidence)]),
    ...(audio ? audioFacts(media, !blindTo.has('sound')) : []),
    ...(video ? (blindTo.has('pictures') ? [framesFact(media)] : videoFacts(media)) : []),
    consoleFact(peer, ignoreConsole),
  ];
  return facts.map((fact) => ({ ...fact, peer }));
}

/** What must hold of a peer after either side has hung up. */
export async function hangUpFacts(peer: Peer): Promise<Fact[]> {
  const { sawHangUp, connectionStates, liveRemoteTracks, liveLocalTracks }: HangUpObservation =
    await peer.observeHangUp();
  const facts: Fact[] = [
    {
      name: 'the hang-up is seen',
      passed: sawHangUp,
      expected: 'a bye sent or received',
      actual: sawHangUp ? 'seen' : 'none',
    },
    {
      name: 'connections are closed',
      passed:
        connectionStates.length === 0 ? undefined : connectionStates.every((state) => state === 'closed'),
      expected: 'closed',
      actual: connectionStates.join(', ') || 'no connection',
    },
    {
      name: 'remote tracks end',
      passed: liveRemoteTracks === 0,
      expected: '0 live',
      actual: `${liveRemoteTracks} live`,
    },
    {
      name: 'devices are released',
      passed: liveLocalTracks === 0,
      expected: '0 live',
      actual: `${liveLocalTracks} live`,
    },
  ];
  return facts.map((fact) => ({ ...fact, peer, phase: 'hang-up' }));
}

function connectedFact({ connectionState }: PeerEvidence): Fact {
  return {
    name: 'the connection is up',
    passed: connectionState === undefined ? undefined : connectionState === 'connected',
    expected: 'connected',
    actual: connectionState ?? 'unknown',
    phase: 'ice',
  };
}

function pairFact({ selectedPair: pair }: PeerEvidence): Fact {
  return {
    name: 'the selected candidate pair is known',
    passed: pair !== undefined,
    expected: 'a selected pair in getStats()',
    actual: pair
      ? `${pair.localType} ${pair.local} → ${pair.remoteType} ${pair.remote} (${pair.protocol})`
      : 'none',
    phase: 'ice',
  };
}

/** @see https://www.rfc-editor.org/rfc/rfc8827#section-6.5 */
function dtlsFact({ dtlsState, dtlsCipher, tlsVersion }: PeerEvidence): Fact {
  const suite = [tlsVersion, dtlsCipher].filter(Boolean).join(' ');
  return {
    name: 'DTLS is connected',
    passed: dtlsState === undefined ? undefined : dtlsState === 'connected',
    expected: 'connected',
    actual: dtlsState === undefined ? 'not reported' : suite ? `${dtlsState}, ${suite}` : dtlsState,
    phase: 'dtls',
  };
}

/** @see https://www.w3.org/TR/webrtc-stats/#dom-rtctransportstats-srtpcipher */
function srtpFact({ srtpCipher }: PeerEvidence): Fact {
  return {
    name: 'media is encrypted',
    passed: srtpCipher === undefined ? undefined : srtpCipher !== '' && !/NULL/i.test(srtpCipher),
    expected: 'an SRTP cipher in use',
    actual: srtpCipher === undefined ? 'not reported' : srtpCipher || 'none',
    phase: 'dtls',
  };
}

function audioFacts({ audioPackets, audioEnergy }: MediaObservation, hears: boolean): Fact[] {
  const facts: Fact[] = [
    {
      name: 'audio packets arrive',
      passed: (audioPackets ?? 0) > 0,
      expected: 'more than 0 packets',
      actual: audioPackets === undefined ? 'no audio stream' : `${audioPackets} packets`,
      phase: 'rtp',
    },
  ];
  if (!hears) return facts;
  return [
    ...facts,
    {
      name: 'audio is heard',
      passed: audioEnergy === undefined ? (audioPackets === undefined ? false : undefined) : audioEnergy > 0,
      expected: 'energy above 0',
      actual: audioEnergy === undefined ? 'not reported' : `energy ${audioEnergy.toPrecision(3)}`,
      phase: 'rtp',
    },
  ];
}

/** Of a peer that decodes nothing. */
function framesFact({ framesReceived }: MediaObservation): Fact {
  return {
    name: 'video frames arrive whole',
    passed: (framesReceived ?? 0) > 0,
    expected: 'more than 0 frames',
    actual: framesReceived === undefined ? 'no video stream' : `${framesReceived} frames`,
    phase: 'rtp',
  };
}

function videoFacts({ framesDecoded, frames, lateLooks, lateChanges, maxLuma }: MediaObservation): Fact[] {
  // Frames that nobody could look at, or too few of them, are no evidence; no frames at all are one.
  const unseen = framesDecoded ? undefined : false;
  return [
    {
      name: 'video frames are decoded',
      passed: (framesDecoded ?? 0) > 0,
      expected: 'more than 0 frames',
      actual: framesDecoded === undefined ? 'no video stream' : `${framesDecoded} frames`,
      phase: 'rtp',
    },
    {
      name: 'video is not black',
      passed: frames > 1 ? maxLuma >= BLACK_LUMA : unseen,
      expected: `luma of at least ${BLACK_LUMA} of 255 somewhere`,
      actual: frames > 0 ? `at most ${maxLuma}` : 'no picture',
      phase: 'rtp',
    },
    {
      name: 'video frames change',
      passed: isMoving({ lateLooks, lateChanges }) ?? unseen,
      expected: 'another picture in a third of the later looks, in a hold of 2 s or more',
      actual: frames > 0 ? `${lateChanges} of the later ${lateLooks} looks` : 'no picture',
      phase: 'rtp',
    },
  ];
}

function consoleFact(peer: Peer, ignore: readonly RegExp[]): Fact {
  const errors = peer
    .console()
    .filter(({ level, text }) => level === 'error' && !ignore.some((known) => text.search(known) !== -1));
  return {
    name: 'the console is quiet',
    passed: errors.length === 0,
    expected: 'no errors',
    actual: errors.length === 0 ? 'none' : `${errors.length}: ${errors.at(-1)?.text.split('\n')[0]}`,
    phase: 'script',
  };
}
