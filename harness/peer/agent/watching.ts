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
  let observer: Observer | undefined;
  let isClocked = false;
  const videos = () => connections().flatMap(({ remoteMedia }) => remoteMedia.videos);
  const report = async () =>
    (await Promise.all(connections().map((connection) => connection.report()))).flat();
  const clocks = (): FrameClock[] => {
    if (!isClocked) throw new PhaseError('script', 'the frame clock was not started: startFrameClock()');
    return connections().flatMap(({ remoteMedia }) => remoteMedia.clocks);
  };
  return {
    handlers: {
      startFrameClock: () => {
        isClocked = true;
        for (const { remoteMedia } of connections()) remoteMedia.startClocks();
        return null;
      },
      frames: ({ since: sinceMs, longerThanMs }) =>
        presentedFrames(clocks(), { sinceMs, longerThanMs, nowMs: now() }),
      frameAfter: async ({ t }) => {
        const all = clocks();
        if (all.length === 0)
          throw new PhaseError('script', 'no video arrives whose frames could be awaited');
        return { t: Math.max(...(await Promise.all(all.map((clock) => clock.after(t))))) };
      },
      observe: async ({ intervalMs }) => {
        observer?.stop();
        observer = new Observer({ videos, report });
        await observer.start(intervalMs);
        return null;
      },
      observed: async () => {
        if (!observer) throw new PhaseError('script', 'nothing is being observed');
        return observer.finish();
      },
    },
    onConnection: ({ remoteMedia }) => {
      if (isClocked) remoteMedia.startClocks();
    },
    reset: () => {
      observer?.stop();
      observer = undefined;
      isClocked = false;
    },
  };
}
