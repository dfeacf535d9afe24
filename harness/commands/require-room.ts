import { BrowserError } from '../errors.ts';
import type { Plan } from '../plan/plan.ts';
import { type Room, roomFor, roomSentence, type Scarce } from '../plan/room-for.ts';
import { readRoom } from '../setup/read-room.ts';

export interface RequireRoomOptions {
  /** Default: what this machine has left. */
  room?: Room;
}

/** What each of them leaves more of. */
const HELPS: Record<Scarce, string> = {
  memory: '--isolation page, --profile light or --headless shell, which need less memory',
  openFiles: 'a higher limit of open files (ulimit -n)',
  processes:
    '--isolation page, which has fewer threads, or a higher limit of them (ulimit -u, or pids of a container)',
};

/**
 * There must be room for the browsers of a plan before any of them is launched. Where it is close, they may fit.
 *
 * @returns warnings
 * @throws BrowserError with all that there is too little of, and how many peers fit
 */
export function requireRoom(plan: Plan, { room = readRoom() }: RequireRoomOptions = {}): string[] {
  // A Grid's machines are not this one.
  if (plan.grid || plan.browsers.length === 0) return [];
  const report = roomFor(plan, room);
  const sentence = roomSentence(report);
  if (sentence === undefined) return [];
  if (report.short.length === 0) return [`${sentence}; it may not be enough`];
  throw new BrowserError(sentence, {
    code: 'NO_ROOM',
    hint: [
      'fewer VUs',
      ...report.lacking.map((scarce) => HELPS[scarce]),
      'bots beside few browsers (--bots)',
      'a larger machine',
    ].join('; or '),
    details: { phase: 'launch', ...report.needed, ...room },
  });
}
