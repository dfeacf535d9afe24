import type { ChannelRef, DataCommands } from '../../data-protocol.ts';
import { now } from '../clock.ts';
import type { CommandGroup } from '../command-group.ts';
import type { Connection } from '../connection.ts';
import { inPhase } from '../phase-error.ts';
import { ChannelEnd } from './channel-end.ts';

/** Data channels, those of this side and those that the other side opens. */
export function dataChannels({
  connectionWith,
}: {
  connectionWith: (remote: string) => Connection;
}): CommandGroup<keyof DataCommands> {
  const ends = new Map<string, ChannelEnd>();
  const awaited = new Map<string, (end: ChannelEnd) => void>();
  const keyOf = ({ remote, label }: ChannelRef) => JSON.stringify([remote, label]);
  const add = (ref: ChannelRef, channel: RTCDataChannel) => {
    const end = new ChannelEnd(channel);
    ends.set(keyOf(ref), end);
    awaited.get(keyOf(ref))?.(end);
    awaited.delete(keyOf(ref));
  };
  const arrivalOf = (ref: ChannelRef): Promise<ChannelEnd> => {
    const known = ends.get(keyOf(ref));
    return known ? Promise.resolve(known) : new Promise((resolve) => void awaited.set(keyOf(ref), resolve));
  };
  const on = <Result>(ref: ChannelRef, doing: string, work: (end: ChannelEnd) => Promise<Result>) =>
    inPhase('data', `${doing} over the channel ${ref.label}`, async () => {
      const end = ends.get(keyOf(ref));
      if (!end) throw new Error('there is no such channel');
      return work(end);
    });
  return {
    handlers: {
      openChannel: ({ remote, label, init }) => {
        const { pc } = connectionWith(remote);
        return inPhase('data', `createDataChannel(${label})`, async () => {
          const t = now();
          const needsOffer = pc.sctp === null;
          add({ remote, label }, pc.createDataChannel(label, init));
          return { t, needsOffer };
        });
      },
      channelOpened: async ({ remote, label }) => {
        const end = await arrivalOf({ remote, label });
        await end.opened.reached;
        const size = connectionWith(remote).pc.sctp?.maxMessageSize;
        return {
          ...end.attributes,
          t: end.openedMs,
          // Infinity is no JSON.
          ...(size !== undefined && Number.isFinite(size) && { maxMessageSize: size }),
        };
      },
      channelPings: (arg) => on(arg, 'pings', (end) => end.ping(arg)),
      channelSend: (arg) => on(arg, 'sending', (end) => end.send(arg)),
      channelReceived: (arg) => on(arg, 'receiving', (end) => end.received(arg)),
      channelTry: (arg) =>
        on(arg, 'sending', async (end) => {
          const error = end.trySend(arg);
          return error === undefined ? {} : { error };
        }),
      channelSendFile: (arg) => on(arg, 'sending a file', (end) => end.sendFile(arg)),
      channelFile: (arg) => on(arg, 'receiving a file', (end) => end.file(arg)),
      closeChannel: (arg) =>
        on(arg, 'close()', async ({ channel }) => {
          const t = now();
          channel.close();
          return { t };
        }),
      channelClosed: (arg) =>
        on(arg, 'being closed', async (end) => {
          await end.closed.reached;
          return { t: end.closedMs };
        }),
    },
    onConnection: ({ pc, remote }) => {
      pc.addEventListener('datachannel', ({ channel }) => add({ remote, label: channel.label }, channel));
    },
    reset: () => {
      ends.clear();
      awaited.clear();
    },
  };
}
