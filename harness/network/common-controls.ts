import type { SignalingControl, TurnControl } from '../scenario/controls.ts';
import type { ChangeLog } from './change-log.ts';
import type { IceSupply } from './ice-supply.ts';

/** What the signaling server lets us do to the room of a call. */
export interface SignalingRooms {
  cut(room: string): void;
  restore(room: string): void;
}

/** The words of a script that mean the same on every level of network. */
export function commonControls({
  call,
  supply,
  rooms,
  log,
}: {
  call: string;
  supply: IceSupply;
  rooms: SignalingRooms;
  log: ChangeLog;
}): { turn: TurnControl; signaling: SignalingControl; undo: () => void } {
  return {
    turn: {
      stop: () => log.record({ role: 'turn', what: 'TURN stopped' }, () => supply.stop()),
      allocations: async ({ role }) => supply.allocations({ call, role }),
      refusals: async ({ role }) => (supply.isOurs ? supply.refusals({ call, role }) : undefined),
    },
    signaling: {
      cut: () => log.record({ role: 'signaling', what: 'signaling cut' }, () => rooms.cut(call)),
      restore: () => log.record({ role: 'signaling', what: 'signaling restored' }, () => rooms.restore(call)),
    },
    undo: () => rooms.restore(call),
  };
}
