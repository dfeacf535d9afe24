import { setTimeout } from 'node:timers/promises';
import { parseFault } from '../../signaling-stub/faults/parse-fault.ts';
import { describeFault, type FaultRule, type FaultSpec } from '../../signaling-stub/faults/rule.ts';
import type { TurnRefusal } from '../call-record.ts';
import { renderProblem, type Problem } from '../errors.ts';
import type { SignalingControl, TurnControl } from '../scenario/controls.ts';
import type { ChangeLog } from './change-log.ts';
import type { IceClient, IceSupply } from './ice-supply.ts';

/** The server's answer may overtake its own log on a busy machine. */
const LOG_LAG_MS = 3000;
const LOG_LOOK_MS = 50;

/** What the signaling server lets us do to the room of a call. */
export interface SignalingRooms {
  cut(room: string): void;
  restore(room: string): void;
  restart(room: string): void;
  fault(rule: FaultRule): void;
  faultHits(room: string): number;
  clearFaults(room: string): void;
}

/** The words of a script that mean the same on every level of network; `begin` puts the call's own faults in force. */
export function commonControls({
  call,
  supply,
  rooms,
  log,
  faults = [],
}: {
  call: string;
  supply: IceSupply;
  rooms: SignalingRooms;
  log: ChangeLog;
  faults?: readonly FaultRule[] | undefined;
}): { turn: TurnControl; signaling: SignalingControl; begin: () => Promise<void>; undo: () => void } {
  const fault = (rule: FaultRule) =>
    log.record({ role: 'signaling', what: describeFault(rule) }, () => rooms.fault({ ...rule, room: call }));
  return {
    turn: {
      stop: () => log.record({ role: 'turn', what: 'TURN stopped' }, () => supply.stop()),
      allocations: async ({ role }) => supply.allocations({ call, role }),
      refusals: ({ role }) => awaitRefusals(supply, { call, role }),
    },
    signaling: {
      cut: () => log.record({ role: 'signaling', what: 'signaling cut' }, () => rooms.cut(call)),
      restore: () => log.record({ role: 'signaling', what: 'signaling restored' }, () => rooms.restore(call)),
      restart: () =>
        log.record({ role: 'signaling', what: 'signaling restarted' }, () => rooms.restart(call)),
      fault: (spec) => fault(toRule(spec)),
      hits: () => Promise.resolve(rooms.faultHits(call)),
      clearFaults: () =>
        log.record({ role: 'signaling', what: 'no signaling faults' }, () => rooms.clearFaults(call)),
    },
    begin: async () => {
      for (const rule of faults) await fault(rule);
    },
    undo: () => {
      rooms.clearFaults(call);
      rooms.restore(call);
    },
  };
}

/** Waits a while for the first: a peer may know of its refusal before the server's log has told us. */
export async function awaitRefusals(
  supply: Pick<IceSupply, 'isOurs' | 'refusals'>,
  client: IceClient,
): Promise<TurnRefusal[] | undefined> {
  if (!supply.isOurs) return undefined;
  const until = performance.now() + LOG_LAG_MS;
  while (supply.refusals(client).length === 0 && performance.now() < until) await setTimeout(LOG_LOOK_MS);
  return supply.refusals(client);
}

/** @throws TypeError with everything wrong: it is the script's mistake */
function toRule(spec: FaultSpec): FaultRule {
  const problems: Problem[] = [];
  const rule = parseFault(spec, 'signaling.fault()', problems);
  if (rule) return rule;
  throw new TypeError(problems.map(renderProblem).join('\n'));
}
