import type { FrameGaps, Peer } from '../peer/peer.ts';
import type { TurnControl } from './controls.ts';
import type { Fact } from './scenario.ts';

/** So long a video may have been still at the moment it is asked about: a slow one has a frame every 100 ms. */
const STILL_MS = 1000;

/** The longest time between two frames, ms; 0 if there was no gap, `undefined` if there was no video to look at. */
export function longestGapMs({ gaps, videos }: FrameGaps): number | undefined {
  if (videos === 0) return undefined;
  return Math.max(0, ...gaps.map(({ lengthMs }) => lengthMs));
}

/** Whether the remote video moves again after a disturbance: `gaps` asked for since it began. A second without a frame is too long. */
export function gapFacts(peer: Peer, gaps: FrameGaps): Fact[] {
  const { videos, lastFrameMs } = gaps;
  const open = gaps.gaps.findLast((gap) => gap.open && gap.lengthMs > STILL_MS);
  const lengthMs = longestGapMs(gaps);
  return [
    {
      name: 'video plays on',
      peer,
      passed: videos === 0 ? undefined : lastFrameMs !== undefined && open === undefined,
      expected: 'a new frame',
      actual: videos > 0 && lastFrameMs === undefined ? 'no frame' : describeGap(lengthMs, open?.lengthMs),
      phase: 'rtp',
    },
  ];
}

/** Whether the remote video stands still for good: `gaps` asked for some seconds after its path has died. */
export function silenceFacts(peer: Peer, { gaps, videos }: FrameGaps): Fact[] {
  const open = gaps.findLast((gap) => gap.open && gap.lengthMs > STILL_MS);
  return [
    {
      name: 'video stops',
      peer,
      passed: videos === 0 ? undefined : open !== undefined,
      expected: `no frame for ${STILL_MS} ms`,
      actual: videos === 0 ? 'no video arrives' : open ? describeGap(0, open.lengthMs) : 'it plays on',
      phase: 'rtp',
    },
  ];
}

/** How far from the outage the longest gap may begin: some frames are on their way then, and a busy machine is late. */
const OUTAGE_FELT_MS = 750;

/**
 * Whether the video stopped when the line did, and no sooner than the line came back moved again: `gaps` asked for
 * since the outage began, that one and its end on the harness's clock. How soon it moved again is for a threshold on
 * `recovery_ms`.
 */
export function outageFacts(peer: Peer, gaps: FrameGaps, outage: { startMs: number; endMs: number }): Fact[] {
  const { videos, uncertaintyMs } = gaps;
  const [longest] = gaps.gaps.toSorted((a, b) => b.lengthMs - a.lengthMs);
  const lateMs = longest && longest.startMs - outage.startMs;
  const slackMs = uncertaintyMs + OUTAGE_FELT_MS;
  const isFelt =
    lateMs !== undefined && Math.abs(lateMs) <= slackMs && longest!.endMs >= outage.endMs - slackMs;
  const actual = longest
    ? `${Math.round(lateMs!)} ms after it, for ${Math.round(longest.lengthMs)} ms`
    : 'no gap';
  return [
    {
      name: 'video stops with the line',
      peer,
      passed: videos === 0 ? undefined : isFelt,
      expected: `within ${OUTAGE_FELT_MS} ms of the outage, for ${Math.round(outage.endMs - outage.startMs)} ms or more`,
      actual: videos === 0 ? 'no video arrives' : actual,
      phase: 'rtp',
    },
  ];
}

function describeGap(longestMs: number | undefined, openMs: number | undefined): string {
  if (longestMs === undefined) return 'no video arrives';
  if (openMs !== undefined) return `none for ${Math.round(openMs)} ms`;
  return longestMs > 0 ? `back after ${Math.round(longestMs)} ms` : 'no gap';
}

/** What came of something that must fail, and how long that took. */
export interface Failure {
  /** `undefined`: it did not fail. */
  error: Error | undefined;
  afterMs: number;
}

/** Waits for what must fail. Never rejects. */
export async function failureOf(work: () => Promise<unknown>): Promise<Failure> {
  const startMs = performance.now();
  const afterMs = () => performance.now() - startMs;
  try {
    await work();
    return { error: undefined, afterMs: afterMs() };
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    return { error, afterMs: afterMs() };
  }
}

/**
 * Whether a call that cannot work says so, and why. How soon is for a threshold on `failure_ms`.
 *
 * `naming`: what the reason must contain: `401`, `turn:`.
 */
export function failureFacts({ error }: Failure, { naming }: { naming: readonly string[] }): Fact[] {
  const { message } = error ?? {};
  return [
    {
      name: 'the call fails',
      passed: error !== undefined,
      expected: 'an error',
      actual: message ?? 'it works',
      phase: 'gathering',
    },
    {
      name: 'the reason is named',
      passed: message === undefined ? undefined : naming.every((word) => message.includes(word)),
      expected: naming.join(' and '),
      actual: message ?? 'it works',
      phase: 'gathering',
    },
  ];
}

/**
 * Whether the run's TURN server refused the peers, and for the reason given: `expired`. Nothing to check with servers that
 * are not ours, as only the browsers know of these.
 */
export async function refusalFacts(
  peers: readonly Peer[],
  turn: Pick<TurnControl, 'refusals'>,
  reason: string,
): Promise<Fact[]> {
  const told = await Promise.all(peers.map((peer) => turn.refusals(peer)));
  if (told.every((each) => each === undefined)) return [];
  const refusals = told.flatMap((each) => each ?? []);
  return [
    {
      name: 'the TURN server refuses',
      passed: refusals.length > 0 && refusals.every((refusal) => refusal.reason.includes(reason)),
      expected: reason,
      actual: [...new Set(refusals.map((refusal) => refusal.reason))].join(', ') || 'nothing refused',
      phase: 'gathering',
    },
  ];
}

/** Whether the path is of that IP version, on this peer's side. */
export async function addressFacts(peer: Peer, version: 'ipv4' | 'ipv6'): Promise<Fact[]> {
  const { selectedPair } = await peer.evidence();
  const address = selectedPair?.local;
  const isKnown = address !== undefined && address !== 'unknown';
  return [
    {
      name: `the path is ${version === 'ipv6' ? 'IPv6' : 'IPv4'}`,
      peer,
      passed: isKnown ? address.startsWith('[') === (version === 'ipv6') : undefined,
      expected: version === 'ipv6' ? 'an IPv6 address' : 'an IPv4 address',
      actual: address ?? 'no selected pair',
      phase: 'ice',
    },
  ];
}

/** Whether the peer has been without signaling since it was cut: a loss that nobody felt proves nothing. */
export function signalingFact(peer: Peer, expected: 'gone' | 'back'): Fact {
  const { signaling } = peer;
  return {
    name: `its signaling is ${expected}`,
    peer,
    passed: signaling === undefined ? undefined : (signaling === 'open') === (expected === 'back'),
    expected: expected === 'back' ? 'open' : 'anything but open',
    actual: signaling ?? 'nothing known',
    phase: 'signaling',
  };
}

/** What browsers write to the console when the signaling server goes away, for `ignoreConsole` of `callFacts()`. */
export const SIGNALING_LOST: readonly RegExp[] = [
  /WebSocket connection to '.*' failed/,
  /establish a connection to the server at wss?:/,
  /connection to wss?:\S+ was interrupted/,
];
