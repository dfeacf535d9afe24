import type { AnnouncedLoad } from '../../harness/load/describe.ts';
import type { RunEvent } from '../../harness/store/layout.ts';
import { formatDuration, plural } from '../figures.ts';

/** What a load came to so far. */
export interface RunningLoad extends AnnouncedLoad {
  /** When it began; absent if it has not. */
  startedAt?: number;
  /** None any more: it is over. */
  vus: number;
  underWay: number;
  completed: number;
  /** Of the completed ones. */
  failed: number;
  interrupted: number;
  dropped: number;
}

const NO_CALLS = { vus: 0, underWay: 0, completed: 0, failed: 0, interrupted: 0, dropped: 0 };

/** A load that has not begun. */
export function waitingLoad(load: AnnouncedLoad): RunningLoad {
  return { ...load, ...NO_CALLS };
}

/** A load after one more event of it. */
export function advanceLoad(load: RunningLoad, event: RunEvent): RunningLoad {
  switch (event.type) {
    case 'vus':
      return { ...load, vus: event.vus, startedAt: load.startedAt ?? event.t };
    case 'dropped-iterations':
      return { ...load, dropped: load.dropped + event.count };
    case 'call-started':
      return { ...load, underWay: load.underWay + 1 };
    case 'call-ended': {
      const underWay = load.underWay - 1;
      if (event.interrupted) return { ...load, underWay, interrupted: load.interrupted + 1 };
      const failed = load.failed + (isBroken(event) ? 1 : 0);
      return { ...load, underWay, completed: load.completed + 1, failed };
    }
    default:
      return load;
  }
}

/** Whether a call ended with a fault, or with checks that failed. */
export function isBroken({ fault, checksFailed }: RunEvent & { type: 'call-ended' }): boolean {
  return fault !== undefined || checksFailed > 0;
}

/**
 * Until no call of a load begins any more, ms; of one with a number of calls, what the rest takes at the pace so far if that
 * is less. `undefined` if nobody knows, and when it is over.
 */
export function loadTimeLeftMs(
  { startedAt, vus, lengthMs, iterations, completed, interrupted }: RunningLoad,
  now: number,
): number | undefined {
  if (startedAt === undefined || vus === 0 || lengthMs === undefined) return undefined;
  const elapsedMs = now - startedAt;
  const atMost = Math.max(0, lengthMs - elapsedMs);
  if (iterations === undefined) return atMost;
  const ended = completed + interrupted;
  if (ended === 0) return undefined;
  return Math.min(atMost, (elapsedMs / ended) * Math.max(0, iterations - ended));
}

/** `steady: 8 VUs, 7 calls under way, 41 completed, 1 failed, 3 dropped, 1 min 5 s left`. */
export function loadLine(load: RunningLoad, now: number): string {
  const { name, startedAt, vus, underWay, completed, failed, interrupted, dropped } = load;
  if (startedAt === undefined) return `${name}: not begun`;
  const left = loadTimeLeftMs(load, now);
  const parts = [
    vus > 0 && plural(vus, 'VU'),
    underWay > 0 && `${plural(underWay, 'call')} under way`,
    `${completed} completed`,
    failed > 0 && `${failed} failed`,
    interrupted > 0 && `${interrupted} cut off`,
    dropped > 0 && `${dropped} dropped`,
    vus === 0 ? 'over' : left === 0 ? 'ending' : left !== undefined && `${formatDuration(left)} left`,
  ];
  return `${name}: ${parts.filter((part) => part !== false).join(', ')}`;
}
