import type { ReadStream } from '../../protocol.ts';
import type { CommandGroup } from '../command-group.ts';
import type { Connection } from '../connection.ts';
import { FrameLedger } from './frame-ledger.ts';
import { PictureReader } from './picture-reader.ts';
import { SoundReader } from './sound-reader.ts';
import { streamId } from './stream-id.ts';
import { SyncLedger } from './sync-ledger.ts';

interface ReadVideo {
  remote: string;
  video: HTMLVideoElement;
  pictures: PictureReader;
  sync: SyncLedger;
}

/** Reads what test patterns of other peers say. */
export function reading({
  connections,
}: {
  connections: () => Connection[];
}): CommandGroup<'startReading' | 'readings'> {
  let context: AudioContext | undefined;
  let videos: ReadVideo[] = [];
  let sounds = new Map<MediaStreamTrack, SoundReader>();

  const readVideo = (connection: Connection, video: HTMLVideoElement) => {
    if (videos.some((known) => known.video === video)) return;
    const sync = new SyncLedger();
    const ledger = new FrameLedger(streamId(connection.remote), ({ number, sounds }, t) => {
      if (!sounds) sync.seeSilence();
      else if (context?.state === 'running') sync.seeNumber(number, t);
    });
    videos.push({ remote: connection.remote, video, pictures: new PictureReader(video, ledger), sync });
  };
  /** Sound belongs to the first picture of its sender. */
  const readSound = (connection: Connection) => {
    const track = connection.remoteMedia.tracks.find(({ kind }) => kind === 'audio');
    const picture = videos.find(({ remote }) => remote === connection.remote);
    if (!context || !track || !picture || sounds.has(track)) return;
    sounds.set(track, new SoundReader(track, context, picture.sync));
  };
  const read = (connection: Connection) => {
    for (const video of connection.remoteMedia.videos) readVideo(connection, video);
    readSound(connection);
  };
  const follow = (connection: Connection) => {
    read(connection);
    connection.pc.addEventListener('track', () => read(connection));
  };
  return {
    handlers: {
      startReading: () => {
        if (context) return null;
        // Not waited for: where a machine has no sound device, Firefox's never runs.
        context = new AudioContext();
        for (const connection of connections()) follow(connection);
        return null;
      },
      readings: () =>
        videos.map(({ remote, pictures, sync }): ReadStream => ({
          remote,
          ...pictures.read(),
          ...(context?.state !== 'running' && { noSound: 'receiver' as const }),
          ...sync.read(),
        })),
    },
    onConnection: (connection) => {
      if (context) follow(connection);
    },
    reset: () => {
      for (const sound of sounds.values()) sound.stop();
      void context?.close();
      context = undefined;
      videos = [];
      sounds = new Map();
    },
  };
}
