import type { FaultRule } from './faults/rule.ts';
import type { CandidatePayload, ByePayload, DescriptionPayload, RelayKind } from './protocol.ts';

/**
 * What became of a message.
 *
 * `relayed`: handed to its recipient's link; `queued`: kept for a recipient that is away; `dropped`: on purpose (by
 * the intercept hook, as a duplicate, or for want of anybody to hear it); `rejected`: answered with an error;
 * `delayed`: held by a fault, its delivery has a line of its own; `accepted`: a join, leave or the like, meant for the
 * server itself.
 */
export type TraceOutcome = 'relayed' | 'queued' | 'dropped' | 'delayed' | 'rejected' | 'accepted';

/** One line of the trace: who, what, when. A message to many has a line for each recipient. */
export interface TraceEntry {
  /** Epoch ms. */
  t: number;
  /** `join resume disconnect leave lost`, `cut restore restart fault` of a room or all, a relayed kind, or `unreadable`. */
  kind:
    | 'join'
    | 'resume'
    | 'disconnect'
    | 'leave'
    | 'lost'
    | 'cut'
    | 'restore'
    | 'restart'
    | 'fault'
    | RelayKind
    | 'unreadable';
  /** Absent when the sender had not joined. */
  room?: string;
  from?: string;
  /** The recipient; in a broadcast each of them in turn. */
  to?: string;
  broadcast?: true;
  /** The sender's own count. */
  seq?: number;
  connection?: string;
  /** Address and port of the peer's link; with `join`, `resume` and `disconnect`. */
  remote?: string;
  /** As it came over the link. */
  sizeBytes?: number;
  outcome: TraceOutcome;
  /** One clause; there unless all went as it should. */
  why?: string;
  /** Which faults hit the message, in words: `corrupt duplicate`; with `restart`, that it was one. */
  fault?: string;
  /** Only with `fault`: what was put in force, and the seed of its chances. */
  rule?: FaultRule;
  seed?: number;
  /** What a fault damaged, as it was before: a replay sends it again. */
  original?: DescriptionPayload | CandidatePayload | ByePayload;
  /** Set when a fault or the intercept hook changed the message: `payload` is what was relayed. */
  changed?: true;
  /** Only with relayed kinds. Everything a replay needs. */
  payload?: DescriptionPayload | CandidatePayload | ByePayload;
}

/** What is known of a message before it is decided what becomes of it. */
export type TraceRecord = Omit<TraceEntry, 't' | 'outcome' | 'why'>;
