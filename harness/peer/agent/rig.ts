import type { PageRig } from '../connection-settings.ts';
import type { Connection } from './connection.ts';
import type { LocalMedia } from './media.ts';
import { totals } from './observer.ts';
import { lookAt } from './small-picture.ts';

/** What a script's functions are given; it always shows what the agent has now. */
export function openRig({
  connectionWith,
  media,
  remoteTracks,
  connections,
}: {
  connectionWith: (remote: string) => Connection;
  media: () => LocalMedia;
  remoteTracks: () => MediaStreamTrack[];
  connections: () => Connection[];
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
    pictures: () => lookAt(connections().flatMap(({ remoteMedia }) => remoteMedia.videos)),
    received: async () => totals((await Promise.all(connections().map(({ report }) => report()))).flat()),
    kept: {},
  };
}
