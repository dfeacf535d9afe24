import type { FrameGaps, Peer } from './peer.ts';
import type { PeerLink } from './peer-link.ts';

export interface FrameGapsOptions {
  sinceMs?: number;
  longerThanMs: number;
  with?: Peer;
}

/** Stretches without a frame, as the page noted them, on the harness's clock. */
export async function frameGaps(
  link: PeerLink,
  { sinceMs, longerThanMs, with: other }: FrameGapsOptions,
): Promise<FrameGaps> {
  const { offsetMs, uncertaintyMs } = link.clock;
  const since = sinceMs === undefined ? {} : { since: sinceMs + offsetMs };
  const meant = other ? { remote: other.role } : {};
  const { gaps, lastMs, videos } = await link.command('frames', { ...since, ...meant, longerThanMs });
  return {
    gaps: gaps.map(({ startMs, endMs, open }) => ({
      startMs: startMs - offsetMs,
      endMs: endMs - offsetMs,
      lengthMs: endMs - startMs,
      open,
    })),
    lastFrameMs: lastMs === undefined ? undefined : lastMs - offsetMs,
    videos,
    uncertaintyMs,
  };
}

/** When every remote video has presented a frame at that time or later: the last of them, on the harness's clock. */
export async function nextFrameAfter(
  link: PeerLink,
  ms: number,
  { timeoutMs = link.callTimeoutMs }: { timeoutMs?: number },
): Promise<number> {
  const awaited = `another video frame at ${link.role}`;
  const t = ms + link.clock.offsetMs;
  return link.toHarness((await link.command('frameAfter', { t }, { phase: 'rtp', timeoutMs, awaited })).t);
}
