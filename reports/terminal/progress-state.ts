import type { RunEvent } from '../../harness/store/layout.ts';
import { advanceLoad, isBroken, type RunningLoad, waitingLoad } from './load-state.ts';

/** A call that is under way. */
export interface RunningCall {
  id: string;
  cell: string;
  /** From 1. */
  index: number;
  step?: string;
  startedAt: number;
  held: number;
  /** What its peers got from the TURN server: `caller tls`; each once, as a browser allocates one for each of its addresses. */
  allocated: string[];
  /** Checks without evidence. */
  undecided: number;
}

/** What a run's events amount to so far. Times are epoch ms. */
export interface ProgressState {
  /** Empty where calls are made one after another. */
  loads: RunningLoad[];
  /** What the newest second of a load was like. */
  measured?: RunEvent & { type: 'measured' };
  /** Calls that broke. */
  broken: number;
  /** When plain output last said how far the loads are. */
  toldAt?: number;
  startedAt?: number;
  calls: number;
  finished: number;
  running: RunningCall[];
  launching: string[];
  /** When the first call began: time left is estimated from there. */
  firstCallAt?: number;
  aborted?: string;
}

export const NOTHING_YET: ProgressState = {
  calls: 0,
  finished: 0,
  running: [],
  launching: [],
  loads: [],
  broken: 0,
};

/** How often plain output says how far the loads are, ms. */
const TELL_MS = 10_000;

/** Whether it is time for plain output to say how far the loads are. */
export function isTimeToTell({ loads, toldAt, startedAt }: ProgressState, now: number): boolean {
  return loads.length > 0 && now - (toldAt ?? startedAt ?? now) >= TELL_MS;
}

/** Whether so many calls are made that nothing is said of single ones. */
export function isCrowd({ loads, calls }: ProgressState): boolean {
  return loads.length > 0 || calls > MANY_CALLS;
}

/** In a run of more calls than this, plain output says nothing of single steps. */
const MANY_CALLS = 20;

/** The state after one more event. Pure. */
export function advance(state: ProgressState, event: RunEvent): ProgressState {
  const next = advanceRun(state, event);
  if (next.loads.length === 0) return next;
  const toldAt = isTimeToTell(state, event.t) ? event.t : next.toldAt;
  return {
    ...next,
    ...(toldAt !== undefined && { toldAt }),
    loads: next.loads.map((load) =>
      'load' in event && event.load === load.name ? advanceLoad(load, event) : load,
    ),
  };
}

function advanceRun(state: ProgressState, event: RunEvent): ProgressState {
  switch (event.type) {
    case 'run-started':
      return {
        ...state,
        startedAt: event.t,
        calls: event.calls,
        loads: (event.loads ?? []).map(waitingLoad),
      };
    case 'browser-launching':
      return { ...state, launching: [...state.launching, event.browser] };
    case 'browser-launched':
    case 'browser-died':
      return { ...state, launching: state.launching.filter((browser) => browser !== event.browser) };
    case 'call-started':
      return startCall(state, event);
    case 'step-started':
      return changeCall(state, event.call, (call) => ({ ...call, step: event.step }));
    case 'turn-allocation':
      return event.call === undefined
        ? state
        : changeCall(state, event.call, (call) => ({
            ...call,
            allocated: [...new Set([...call.allocated, allocationOf(event)])],
          }));
    case 'check':
      return changeCall(state, event.call, (call) => ({
        ...call,
        held: call.held + (event.passed === true ? 1 : 0),
        undecided: call.undecided + (event.passed === undefined ? 1 : 0),
      }));
    case 'call-ended':
      return {
        ...state,
        finished: state.finished + 1,
        broken: state.broken + (isBroken(event) ? 1 : 0),
        running: state.running.filter(({ id }) => id !== event.call),
      };
    case 'measured':
      return { ...state, measured: event };
    case 'run-aborted':
      return { ...state, aborted: event.signal };
    case 'run-ended':
      return { ...state, running: [], launching: [] };
    default:
      return state;
  }
}

/** What tells one allocation of a call from another, for a reader. */
export function allocationOf({ role, transport }: RunEvent & { type: 'turn-allocation' }): string {
  return `${role ?? ''} ${transport ?? ''}`;
}

/**
 * Time left, ms: what is still to do at the pace of the calls that ended, however many ran at once. `undefined` until
 * a first call has ended.
 */
export function timeLeftMs({ calls, finished, firstCallAt }: ProgressState, now: number): number | undefined {
  if (finished === 0 || firstCallAt === undefined) return undefined;
  return ((now - firstCallAt) / finished) * Math.max(0, calls - finished);
}

function startCall(state: ProgressState, event: RunEvent & { type: 'call-started' }): ProgressState {
  const call = {
    id: event.call,
    cell: event.cell,
    index: event.index,
    startedAt: event.t,
    allocated: [],
    held: 0,
    undecided: 0,
  };
  return {
    ...state,
    calls: Math.max(state.calls, event.of ?? 0),
    running: [...state.running, call],
    firstCallAt: state.firstCallAt ?? event.t,
  };
}

function changeCall(
  state: ProgressState,
  id: string,
  change: (call: RunningCall) => RunningCall,
): ProgressState {
  return { ...state, running: state.running.map((call) => (call.id === id ? change(call) : call)) };
}
