import type { RelayKind } from '../protocol.ts';

/** What can be done to messages, each in a clause. */
export const FAULTS = {
  delay: 'handed on later, in their order',
  jitter: 'handed on up to so much later, in their order',
  drop: 'never handed on',
  duplicate: 'handed on twice',
  reorder: 'handed on after the next one',
  corrupt: 'damaged on their way',
  disconnect: "cuts their sender's link, which may be resumed",
  restart: 'the server dies with them and comes back, knowing nobody',
} as const;
export type FaultName = keyof typeof FAULTS;
export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[];

/** Which messages: a relayed kind, or one of the two that make a `description` what it is. */
export type FaultKind = RelayKind | 'offer' | 'answer';
export const FAULT_KINDS: readonly FaultKind[] = ['description', 'offer', 'answer', 'candidate', 'bye'];

/**
 * A fault as people write it, with units: `{ fault: 'drop', kind: 'candidate', probability: '30%' }`.
 *
 * What is left out is not asked for: without `kind`, `from` and `to` every message is meant.
 */
export interface FaultSpec {
  fault: FaultName;
  kind?: FaultKind;
  /** Of which sender; its name in the room. */
  from?: string;
  /** To which recipient; messages to all are then not meant. */
  to?: string;
  /** How many of those that are meant are hit. Default all. */
  probability?: `${number}%`;
  /** How many are hit at most. Default 1 for `disconnect` and `restart`, else no end. */
  count?: number;
  /** From when on, since the fault was given. Default at once. A `restart` that names no messages happens then. */
  after?: `${number}${'ms' | 's' | 'm'}`;
  /** How long `delay` holds, `jitter` holds at most, and `reorder` waits for a next message. */
  delay?: `${number}${'ms' | 's' | 'm'}`;
}

/** The same as plain numbers: what the server works with, and what its trace holds. */
export interface FaultRule {
  fault: FaultName;
  /** Default: every room. */
  room?: string;
  kind?: FaultKind;
  from?: string;
  to?: string;
  /** 0 to 1. Default 1. */
  probability?: number;
  count?: number;
  afterMs?: number;
  delayMs?: number;
}

/** `drop 30% of candidate from caller`: for reports. */
export function describeFault({
  fault,
  kind,
  from,
  to,
  probability,
  count,
  afterMs,
  delayMs,
}: FaultRule): string {
  const share = probability === undefined ? '' : ` ${Number((probability * 100).toFixed(2))}% of`;
  return [
    `${fault}${share} ${kind ?? 'message'}s`,
    from !== undefined && `from ${from}`,
    to !== undefined && `to ${to}`,
    delayMs !== undefined && `by ${delayMs} ms`,
    count !== undefined && `${count === 1 ? 'once' : `${count} times`}`,
    afterMs !== undefined && `after ${afterMs} ms`,
  ]
    .filter(Boolean)
    .join(' ');
}
