import type { ContentReading, TimedMs } from '../peer/content-reading.ts';
import type { Peer } from '../peer/peer.ts';
import type { Fact } from './scenario.ts';

/** So long a picture may have stood at the moment it is asked about: a slow one has a frame every 100 ms. */
const STILL_MS = 1000;
/** Frames that may be unreadable: encoders begin with little, and some are presented while the size changes. */
const UNREADABLE = 0.2;
/** Changes of the tone that must be heard, of those the picture tells of: a frame lost at the change hides one. */
const HEARD = 0.5;

/**
 * Whether what arrives is what was sent: of the right sender, readable, moving, in order, with the sound that belongs to
 * it. `readings` of {@link Peer.readings} before the call ends; one from each peer in `from`. How late and how smooth it
 * was is for thresholds on `e2e_latency_ms`, `av_sync_ms` and `frames_skipped_ratio`. Of a sound that one of them cannot
 * make or hear (`noSound`) nothing is said.
 */
export function contentFacts(
  peer: Peer,
  readings: readonly ContentReading[],
  { from, sound = true }: { from: readonly Peer[]; sound?: boolean },
): Fact[] {
  return from.flatMap(({ role }) => {
    const reading = readings.find((each) => each.from === role);
    const facts = reading ? factsOf(reading, sound) : [nothingFact()];
    return facts.map((fact): Fact => ({ ...fact, name: `${fact.name} from ${role}`, peer, phase: 'rtp' }));
  });
}

function factsOf(reading: ContentReading, sound: boolean): Fact[] {
  return [
    senderFact(reading),
    readableFact(reading),
    movingFact(reading),
    orderFact(reading),
    ...(sound && !reading.noSound ? [toneFact(reading), syncFact(reading)] : []),
  ];
}

function nothingFact(): Fact {
  return { name: 'a test pattern arrives', passed: false, expected: 'a video', actual: 'none' };
}

function senderFact({ wrongStream, frames, unreadable }: ContentReading): Fact {
  const signed = frames - unreadable;
  return {
    name: 'frames are signed by their sender',
    passed: signed === 0 ? undefined : wrongStream === 0,
    expected: 'no frame of another peer',
    actual: signed === 0 ? 'no frame could be read' : `${wrongStream} of ${signed} frames`,
  };
}

function readableFact({ frames, unreadable }: ContentReading): Fact {
  return {
    name: 'frames can be read',
    passed: frames > 0 && unreadable <= frames * UNREADABLE,
    expected: `all but ${UNREADABLE * 100} % of those presented`,
    actual: frames === 0 ? 'no frame' : `${frames - unreadable} of ${frames}`,
  };
}

function movingFact({ last, stillMs, freezes, longestFreezeMs }: ContentReading): Fact {
  const frozen = freezes > 0 ? `, ${freezes} freezes, the longest ${Math.round(longestFreezeMs)} ms` : '';
  return {
    name: 'new frames come',
    passed: stillMs === undefined ? undefined : stillMs <= STILL_MS,
    expected: `one in the last ${STILL_MS} ms`,
    actual: stillMs === undefined ? 'none was read' : `frame ${last}, ${Math.round(stillMs)} ms ago${frozen}`,
  };
}

function orderFact({ first, last, backwards, repeated, dropped }: ContentReading): Fact {
  return {
    name: 'frames come in order',
    passed: first === undefined ? undefined : backwards === 0,
    expected: 'each later than the one before',
    actual:
      first === undefined
        ? 'none was read'
        : `${first} to ${last}: ${backwards} backwards, ${dropped} skipped, ${repeated} again`,
  };
}

function toneFact({ stepsSeen, stepsHeard }: ContentReading): Fact {
  return {
    name: 'the tone changes with the picture',
    passed: stepsSeen === 0 ? undefined : stepsHeard >= stepsSeen * HEARD,
    expected: `at least ${HEARD * 100} % of its changes`,
    actual: stepsSeen === 0 ? 'the picture told of no change' : `${stepsHeard} heard of ${stepsSeen}`,
  };
}

/** The bound comes from the call itself: sound that is off by a step belongs to another picture. */
function syncFact({ syncs, stepMs }: ContentReading): Fact {
  const ms = medianMs(syncs);
  const isKnown = ms !== undefined && stepMs !== undefined;
  return {
    name: 'sound and picture belong together',
    passed: isKnown ? Math.abs(ms) < stepMs : undefined,
    expected:
      stepMs === undefined ? 'less than a step apart' : `less than a step apart, ${Math.round(stepMs)} ms`,
    actual: ms === undefined ? 'no change of both' : `the sound ${Math.round(ms)} ms later`,
  };
}

/** `undefined` of none. */
export function medianMs(values: readonly TimedMs[]): number | undefined {
  const sorted = values.map(({ ms }) => ms).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
