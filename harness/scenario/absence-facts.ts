import type { MediaObservation, Peer } from '../peer/peer.ts';
import { BLACK_LUMA } from './call-facts.ts';
import type { Fact } from './scenario.ts';

/** What a busy decoder may have left after a second without any: up to 3 were seen; video that goes on has 20 in 2 s. */
const LATE_FRAMES = 5;
/** Of the sound of as long a stretch: what a codec makes of silence is less. */
const SILENT_RATIO = 0.01;

/** Whether nothing of a kind arrives, not even silence or black: `seen` begun once it had stopped. */
export function stoppedFacts(
  peer: Peer,
  { audioPackets = 0, framesDecoded = 0 }: MediaObservation,
  kinds: readonly ('audio' | 'video')[] = ['audio', 'video'],
): Fact[] {
  const audio: Fact = {
    name: 'no audio arrives',
    peer,
    passed: audioPackets === 0,
    expected: '0 packets',
    actual: `${audioPackets} packets`,
    phase: 'rtp',
  };
  const video: Fact = {
    name: 'no video arrives',
    peer,
    passed: framesDecoded <= LATE_FRAMES,
    expected: `at most ${LATE_FRAMES} late frames`,
    actual: `${framesDecoded} frames`,
    phase: 'rtp',
  };
  return kinds.map((kind) => (kind === 'audio' ? audio : video));
}

/** Whether what arrives is black and silent: `seen` begun once it was, `before` as long a stretch of picture and sound. */
export function mutedFacts(peer: Peer, seen: MediaObservation, before: MediaObservation): Fact[] {
  return [
    {
      name: 'video is black',
      peer,
      passed: seen.frames > 1 ? seen.maxLuma < BLACK_LUMA : undefined,
      expected: `luma below ${BLACK_LUMA} of 255 everywhere`,
      actual: seen.frames > 0 ? `at most ${seen.maxLuma}` : 'no picture',
      phase: 'rtp',
    },
    quieterFact(peer, 'audio is silent', seen, before),
  ];
}

/** Whether a stretch has no sound to speak of, next to that of another one as long. */
export function quieterFact(
  peer: Peer,
  name: string,
  { audioEnergy: quiet }: MediaObservation,
  { audioEnergy: loud }: MediaObservation,
): Fact {
  return {
    name,
    peer,
    passed: quiet === undefined || loud === undefined ? undefined : quiet < loud * SILENT_RATIO,
    expected: `energy below ${SILENT_RATIO * 100} % of the sound's`,
    actual:
      quiet === undefined || loud === undefined
        ? 'not reported'
        : `${quiet.toPrecision(3)} against ${loud.toPrecision(3)}`,
    phase: 'rtp',
  };
}
