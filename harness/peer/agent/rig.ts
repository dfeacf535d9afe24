import type { PageRig } from '../connection-settings.ts';
import type { Connection } from './connection.ts';
import type { LocalMedia } from './media.ts';

/** What a script's functions are given; it always shows what the agent has now. */
export function openRig({
  connectionWith,
  media,
  remoteTracks,
}: {
  connectionWith: (remote: string) => Connection;
  media: () => LocalMedia;
  remoteTracks: () => MediaStreamTrack[];
}): PageRig {
  return {
    connection: (remote) => connectionWith(remote).pc,
    get stream() {
      return media().stream;
    },
    get remoteTracks() {
      return remoteTracks();
    },
    openVideo: (options) => media().openCanvas(options),
    kept: {},
  };
}
