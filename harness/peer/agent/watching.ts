import { now } from './clock.ts';
import type { CommandGroup } from './command-group.ts';
import type { Connection } from './connection.ts';
import { type FrameClock, presentedFrames } from './frame-clock.ts';
import { Observer } from './observer.ts';
import { PhaseError } from './phase-error.ts';

/** Looks at what arrives: pictures, sound, and when each frame is presented. */
export function watching({
  connections,
}: {
  connections: () => Connection[];
}): CommandGroup<'startFrameClock' | 'frames' | 'frameAfter' | 'observe' | 'observed'> {
  /** Of everything, and where several peers are at the other end also of each. */
  let observer: Observer | undefined;
  let byRemote = new Map<string, Observer>();
  let isClocked = false;
  const videos = () => connections().flatMap(({ remoteMedia }) => remoteMedia.videos);
  const report = async () =>
    (await Promise.all(connections().map((connection) => connection.report()))).flat();
  const clocks = (remote?: string): FrameClock[] => {
    if (!isClocked) throw new PhaseError('script', 'the frame clock was not started: startFrameClock()');
    const meant = connections().filter((connection) => remote === undefined || connection.remote === remote);
    return meant.flatMap(({ remoteMedia }) => remoteMedia.clocks);
  };
  const stop = () => {
    for (const each of [observer, ...byRemote.values()]) each?.stop();
    observer = undefined;
    byRemote = new Map();
  };
  return {
    handlers: {
      startFrameClock: () => {
        isClocked = true;
        for (const { remoteMedia } of connections()) remoteMedia.startClocks();
        return null;
      },
      frames: ({ since: sinceMs, longerThanMs, remote }) =>
        presentedFrames(clocks(remote), { sinceMs, longerThanMs, nowMs: now() }),
      frameAfter: async ({ t }) => {
        const all = clocks();
        if (all.length === 0)
          throw new PhaseError('script', 'no video arrives whose frames could be awaited');
        return { t: Math.max(...(await Promise.all(all.map((clock) => clock.after(t))))) };
      },
      observe: async ({ intervalMs }) => {
        stop();
        observer = new Observer({ videos, report });
        const all = connections();
        const live = all.filter(({ pc }) => pc.signalingState !== 'closed');
        if (all.length > 1) byRemote = new Map(live.map((each) => [each.remote, observerOf(each)]));
        await Promise.all([observer, ...byRemote.values()].map((each) => each.start(intervalMs)));
        return null;
      },
      observed: async () => {
        if (!observer) throw new PhaseError('script', 'nothing is being observed');
        const each = [...byRemote].map(async ([remote, own]) => [remote, await own.finish()] as const);
        const [all, ...ofEach] = await Promise.all([observer.finish(), ...each]);
        return { ...all, ...(connections().length > 1 && { byRemote: Object.fromEntries(ofEach) }) };
      },
    },
    onConnection: ({ remoteMedia }) => {
      if (isClocked) remoteMedia.startClocks();
    },
    reset: () => {
      stop();
      isClocked = false;
    },
  };
}

function observerOf(connection: Connection): Observer {
  return new Observer({
    videos: () => connection.remoteMedia.videos,
    report: () => connection.report(),
  });
}
