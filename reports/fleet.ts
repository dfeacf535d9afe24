import { MEDIA_PROFILES, type ProfileName } from '../harness/media/profiles.ts';
import type { RunResult } from '../harness/result.ts';

type Fleet = NonNullable<RunResult['fleet']>;

const SEATS: Record<Fleet['isolation'], string> = {
  process: 'a browser process for each peer',
  context: 'a browser context for each peer',
  tab: 'a browser tab for each peer',
  page: 'several peers in a page',
};

/**
 * How peers sat and what they sent, which made the figures: one sentence. `undefined` of a run without browsers, and of
 * single calls as ever, which say nothing of density.
 */
export function fleetSentence({ fleet, load }: RunResult): string | undefined {
  if (!fleet) return undefined;
  const isUsual = fleet.isolation === 'context' && fleet.media === 'real' && fleet.headless === undefined;
  return isUsual && !load ? undefined : describeFleet(fleet);
}

export function describeFleet(fleet: Fleet): string {
  const { isolation, peersPerBrowser, mostPeersPerBrowser, processes, headless, unseen, media, source } =
    fleet;
  const isLimited = peersPerBrowser !== undefined && peersPerBrowser > 1;
  const seats = [
    SEATS[isolation],
    unseen && 'one behind the other in Chromium',
    isLimited && inAProcess(peersPerBrowser, mostPeersPerBrowser),
    processes !== undefined && (processes === 1 ? 'one process' : `${processes} processes`),
    headless === 'shell' && 'headless shell',
  ];
  return [
    seats.filter((part) => typeof part === 'string').join(', '),
    `media ${media} (${describeMedia(media)}) of ${source}`,
    ...(fleet.independent ? [] : ['not independent users']),
    ...(fleet.realContent ? [] : ['not real content']),
  ].join(' · ');
}

function inAProcess(peers: number, most: number | undefined): string {
  return most === undefined ? `at most ${peers} in a process` : `${peers} in a process, at most ${most}`;
}

function describeMedia(media: ProfileName): string {
  const { video, replays } = MEDIA_PROFILES[media];
  if (!video) return 'sound alone';
  const picture = `${video.width}×${video.height}@${video.frameRate}`;
  return replays ? `recorded frames of ${picture}` : picture;
}
