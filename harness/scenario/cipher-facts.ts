import type { Peer } from '../peer/peer.ts';
import { countFrames } from './frame-cipher.ts';
import type { Fact } from './scenario.ts';
import { type Colour, lookAtStill } from './still-picture.ts';

/** What the source `still` paints: yellow on blue. */
const STILL = { middle: [240, 200, 80], corner: [40, 60, 120] } as const satisfies Record<string, Colour>;
/** How far a channel may be off after encoding, of 255. */
const COLOUR_SLACK = 40;

/** Whether every frame that a peer sent left encrypted (see `encryptFrames`). */
export async function encryptedFacts(peer: Peer): Promise<Fact[]> {
  const { encrypted } = await peer.evaluate(countFrames, null);
  const sent = Object.values(await peer.stats())
    .flat()
    .filter(({ type, kind }) => type === 'outbound-rtp' && kind === 'video')
    .reduce((sum, { framesEncoded }) => sum + Number(framesEncoded ?? 0), 0);
  return [
    {
      name: 'frames leave encrypted',
      peer,
      passed: sent === 0 ? undefined : encrypted >= sent,
      expected: `at least the ${sent} of the video`,
      actual: `${encrypted} frames`,
      phase: 'rtp',
    },
  ];
}

/**
 * Whether a peer that receives the still picture can read what it gets, or cannot. With a key, that every frame could
 * be decrypted with it, or none; with or without, what its video shows.
 */
export async function secrecyFacts(
  peer: Peer,
  { isReadable, hasKey }: { isReadable: boolean; hasKey: boolean },
): Promise<Fact[]> {
  const { decrypted, refused } = await peer.evaluate(countFrames, null);
  const seen = await peer.evaluate(lookAtStill, null);
  const isSeen = seen !== null && isNear(seen.middle, STILL.middle) && isNear(seen.corner, STILL.corner);
  const keyFact: Fact = {
    name: isReadable ? 'every frame can be decrypted' : 'no frame can be decrypted',
    peer,
    passed: isReadable ? decrypted > 0 && refused === 0 : decrypted === 0 && refused > 0,
    expected: isReadable ? 'all of them' : 'none of them',
    actual: `${decrypted} of ${decrypted + refused}`,
    phase: 'rtp',
  };
  return [
    ...(hasKey ? [keyFact] : []),
    {
      name: isReadable ? 'the picture is seen' : 'the picture is not seen',
      peer,
      passed: isSeen === isReadable,
      expected: isReadable ? 'yellow on blue' : 'anything but yellow on blue',
      actual: seen ? `rgb(${seen.middle.join()}) on rgb(${seen.corner.join()})` : 'no picture',
      phase: 'rtp',
    },
  ];
}

function isNear(seen: Colour, painted: Colour): boolean {
  return painted.every((channel, i) => Math.abs(channel - seen[i]!) <= COLOUR_SLACK);
}
